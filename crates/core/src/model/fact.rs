//! Tri-state facts.

use tenant_contacts_api::reason::Reason;

use crate::permission;

/// A text that this program is built with: the name of a permission, or of an operation. There is an unknown fact for every
/// property of every account that may not be read, so none has a text of its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Literal(&'static str);

impl From<&'static str> for Literal {
    fn from(text: &'static str) -> Self {
        Self(text)
    }
}

impl PartialEq<str> for Literal {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl std::ops::Deref for Literal {
    type Target = str;

    fn deref(&self) -> &str {
        self.0
    }
}

impl std::fmt::Display for Literal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::fmt::Debug for Literal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(self.0, f)
    }
}

/// Why a fact is not known. Reaches the user: "unknown" without a reason helps nobody (DOMAIN G1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Unknown {
    /// It was not asked for yet.
    NotRead,
    /// The application lacks this permission; it would tell.
    PermissionMissing(Literal),
    /// The read failed; a later pass tries again. The text names the operation, never a value.
    ReadFailed(Literal),
    /// The same, and it is known what went wrong.
    ServiceFailed(Literal, ServiceFailure),
}

/// What went wrong with a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ServiceFailure {
    /// It is throttling.
    Busy,
    /// No answer came.
    NotReached,
    /// It answers that it failed.
    Trouble,
    /// It answers more than is taken.
    TooLarge,
    /// Its pages go on for ever, or in a circle.
    Endless,
    /// It answers what its interface does not promise.
    Unintelligible,
}

impl ServiceFailure {
    /// For people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Busy => "the service throttles requests",
            Self::NotReached => "the service could not be reached",
            Self::Trouble => "the service reports an error of its own",
            Self::TooLarge => "the answer is too large",
            Self::Endless => "the list does not end",
            Self::Unintelligible => "the answer does not match the interface",
        }
    }
}

impl Unknown {
    /// The permission, or role, that would tell, where want of one is why.
    pub fn permission(&self) -> Option<&'static str> {
        match self {
            Self::PermissionMissing(Literal(permission)) => Some(permission),
            Self::NotRead | Self::ReadFailed(_) | Self::ServiceFailed(..) => None,
        }
    }

    /// The reason to report: only a grant mends a missing permission, a failed read mends itself.
    pub fn reason(&self) -> Reason {
        match self {
            Self::PermissionMissing(_) => Reason::PermissionMissing,
            Self::NotRead | Self::ReadFailed(_) | Self::ServiceFailed(..) => Reason::NotReadable,
        }
    }
}

impl std::fmt::Display for Unknown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotRead => f.write_str("not read yet"),
            Self::PermissionMissing(permission) => {
                write!(f, "the application lacks the permission {}", permission::described(permission))
            }
            Self::ReadFailed(what) => write!(f, "{what} could not be read"),
            Self::ServiceFailed(what, failure) => write!(f, "{what} ({}) could not be read", failure.as_str()),
        }
    }
}

/// A fact about the tenant: present, absent, or unknown.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Fact<T> {
    /// It is there.
    Present(T),
    /// It is known not to be there.
    Absent,
    /// It is not known.
    Unknown(Unknown),
}

impl<T> Default for Fact<T> {
    fn default() -> Self {
        Self::Unknown(Unknown::NotRead)
    }
}

impl<T> Fact<T> {
    /// The value, if it is present.
    pub fn present(&self) -> Option<&T> {
        match self {
            Self::Present(value) => Some(value),
            Self::Absent | Self::Unknown(_) => None,
        }
    }

    /// `Ok(Some)` if present, `Ok(None)` if absent, the reason if unknown.
    pub fn known(&self) -> Result<Option<&T>, &Unknown> {
        match self {
            Self::Present(value) => Ok(Some(value)),
            Self::Absent => Ok(None),
            Self::Unknown(why) => Err(why),
        }
    }
}

impl Fact<Box<[Box<str>]>> {
    /// A set of values; an empty one is absent.
    pub fn of_values(values: Vec<Box<str>>) -> Self {
        if values.is_empty() { Self::Absent } else { Self::Present(values.into()) }
    }

    /// The values as a slice, or why they are unknown.
    pub fn values(&self) -> Result<&[Box<str>], &Unknown> {
        self.known().map(|values| values.map_or(&[][..], |values| values))
    }
}
