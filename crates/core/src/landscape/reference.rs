//! Whom a property of Exchange or Graph names.
//!
//! Invariant: a reference leads to one recipient or to none. What fits several, or fits one only as another kind of name than
//! the property uses, is never resolved to one of them: a wrong person named as reader is the worst answer there is.

/// The name that Exchange's own properties refer to a recipient by (`Identity`), [folded](super::fold). Exchange gives each
/// recipient of an organization another one.
pub type RecipientKey = Box<str>;

/// Whom a property of Exchange or Graph names: a forward, a member, a sender, a reader.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reference {
    /// An SMTP address, [folded](super::fold).
    Address(Box<str>),
    /// A recipient by its key.
    Recipient(RecipientKey),
    /// Nobody any more: it is of a form that names one object for good (an id, a distinguished name), and nothing has it.
    Gone,
    /// A name that several have, or that one has as its name and another as its address, as it was written.
    Ambiguous(Box<str>),
    /// Named in a way that this version cannot read, or by a name that nothing is known to have.
    Unreadable,
}

/// Without the address or the name.
impl std::fmt::Debug for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Address(_) => "Address",
            Self::Recipient(_) => "Recipient",
            Self::Gone => "Gone",
            Self::Ambiguous(_) => "Ambiguous",
            Self::Unreadable => "Unreadable",
        })
    }
}

/// Who has a permission on a mailbox.
#[derive(Clone, PartialEq, Eq)]
pub struct Trustee {
    /// The name as Exchange wrote it: a sign-in name as a rule, or a group's name.
    pub name: Box<str>,
    /// The recipient that it may stand for. An account without mail is none: the directory knows those.
    pub recipient: Reference,
}

/// Without the name.
impl std::fmt::Debug for Trustee {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trustee").field("recipient", &self.recipient).finish_non_exhaustive()
    }
}
