//! What is known of each managed field, as a table: adding a field is adding a row.

use tenant_contacts_api::{
    field::{Field, Surface},
    notice::Category,
};

/// What kind of values a field holds, and so when two of them are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Mail addresses: order and case carry no meaning.
    Addresses,
    /// Phone numbers: order and punctuation carry no meaning.
    Phones,
    /// A text, compared as it is.
    Text,
}

/// How a field is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    /// Whole values of a property are set.
    Set,
    /// It is a map: entries come and go one by one.
    Entries {
        /// Which of them goes first where some come and others go.
        order: Order,
        /// How long an entry lasts, where it ends by itself.
        lasting: Option<Lasting>,
    },
    /// The object comes into being with it.
    Create,
    /// It is a member of a document that is replaced as a whole.
    Replace,
}

/// Which entries are written first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// An entry goes once those that come are verified: nobody is without for a moment.
    AddFirst,
    /// Entries know nothing of each other.
    Any,
}

/// How long an entry lasts that ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lasting {
    /// Days from the write to the end, which is at the beginning of a day (UTC).
    pub days: i32,
    /// Days before the end at which it is renewed.
    pub renewed_days_before: i32,
}

/// Facts about a managed field.
#[derive(Clone, Copy, Debug)]
pub struct FieldFacts {
    /// The surface it lives on.
    pub surface: Surface,
    /// What its values are.
    pub shape: Shape,
    /// How it is written.
    pub writing: Writing,
    /// Whether the tenant holds one value at most.
    pub single: bool,
    /// Whether values are masked in status: somebody's private data.
    pub private: bool,
    /// Whether it serves account recovery, so that changing it on a privileged account needs approval.
    pub recovery: bool,
    /// Whether it is a notice list, so that the minimum of recipients applies.
    pub notices: bool,
    /// Whether warnings go there, so that an address outside the organization's own domains needs approval. Marketing is none:
    /// an agency may read it.
    pub warnings: bool,
    /// Application permissions any of which allows writing, the least privileged first
    /// (permission tables of "Update user" and "Update organization", Microsoft Graph v1.0).
    pub write_permissions: &'static [&'static str],
    /// Application permissions any of which allows reading, the least privileged first.
    pub read_permissions: &'static [&'static str],
    /// The on-premises attribute that masters the field of a synchronised account. `None`: cloud-writable there too.
    pub on_premises_attribute: Option<&'static str>,
}

const ORGANIZATION_READ: &[&str] =
    &["Organization.Read.All", "Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const ORGANIZATION_WRITE: &[&str] = &["Organization.ReadWrite.All"];
const USER_READ: &[&str] = &["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const USER_MAIL_WRITE: &[&str] = &["User-Mail.ReadWrite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"];
const USER_PHONE_WRITE: &[&str] = &["User-Phone.ReadWrite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"];

/// The facts about a field; `None` for a field without an API, which is never read or written.
pub const fn facts(field: Field) -> Option<FieldFacts> {
    let organization = FieldFacts {
        surface: Surface::Organization,
        shape: Shape::Addresses,
        writing: Writing::Set,
        single: false,
        private: false,
        recovery: false,
        notices: true,
        warnings: true,
        write_permissions: ORGANIZATION_WRITE,
        read_permissions: ORGANIZATION_READ,
        on_premises_attribute: None,
    };
    let user = FieldFacts {
        surface: Surface::Users,
        shape: Shape::Phones,
        writing: Writing::Set,
        single: true,
        private: true,
        recovery: true,
        notices: false,
        warnings: false,
        write_permissions: USER_PHONE_WRITE,
        read_permissions: USER_READ,
        on_premises_attribute: None,
    };
    Some(match field {
        Field::Technical | Field::SecurityMails => organization,
        Field::Marketing => FieldFacts { warnings: false, ..organization },
        Field::SecurityPhones => FieldFacts { shape: Shape::Phones, notices: false, warnings: false, ..organization },
        // An empty privacy contact is legitimate: Microsoft then tells the global administrators (DOMAIN F).
        Field::PrivacyContact => FieldFacts { single: true, notices: false, ..organization },
        Field::PrivacyStatement => {
            FieldFacts { shape: Shape::Text, single: true, notices: false, warnings: false, ..organization }
        }
        Field::AlternateEmails => FieldFacts {
            shape: Shape::Addresses,
            single: false,
            write_permissions: USER_MAIL_WRITE,
            // Generally cloud-writable on synchronised accounts too: authority is per property. Not verified with
            // Microsoft's documentation; a refusal by the service is remembered and reported.
            on_premises_attribute: None,
            ..user
        },
        // Read-only when synchronised: resource type user, Microsoft Graph.
        Field::MobilePhone => FieldFacts { on_premises_attribute: Some("mobile"), ..user },
        Field::BusinessPhone => FieldFacts { on_premises_attribute: Some("telephoneNumber"), ..user },
        Field::BusinessEmail | Field::Gateways => return None,
        #[cfg(feature = "rehearsal")]
        Field::RehearsedThing
        | Field::RehearsedText
        | Field::RehearsedHolders
        | Field::RehearsedLeases
        | Field::RehearsedMember => rehearsed(field),
    })
}

/// Facts about the fields of the surface of tests.
#[cfg(feature = "rehearsal")]
const fn rehearsed(field: Field) -> FieldFacts {
    FieldFacts {
        surface: Surface::Rehearsal,
        shape: Shape::Text,
        writing: match field {
            Field::RehearsedThing => Writing::Create,
            Field::RehearsedHolders => Writing::Entries { order: Order::AddFirst, lasting: None },
            Field::RehearsedLeases => {
                let lasting = Lasting { days: 30, renewed_days_before: 10 };
                Writing::Entries { order: Order::Any, lasting: Some(lasting) }
            }
            Field::RehearsedMember => Writing::Replace,
            _ => Writing::Set,
        },
        single: false,
        private: false,
        recovery: false,
        notices: false,
        warnings: false,
        write_permissions: &["Rehearsal.ReadWrite.All"],
        read_permissions: &["Rehearsal.Read.All"],
        on_premises_attribute: None,
    }
}

/// The fields of accounts in the directory, in the order of [`Field::ALL`]: whoever reads or declares an account goes by them.
pub const OF_ACCOUNTS: [Field; MOST_OF_ACCOUNTS] = {
    let mut fields = [Field::AlternateEmails; MOST_OF_ACCOUNTS];
    let (mut at, mut next) = (0, 0);
    while at < Field::ALL.len() {
        if is_of_accounts(Field::ALL[at]) {
            fields[next] = Field::ALL[at];
            next += 1;
        }
        at += 1;
    }
    fields
};

const MOST_OF_ACCOUNTS: usize = {
    let (mut at, mut count) = (0, 0);
    while at < Field::ALL.len() {
        count += is_of_accounts(Field::ALL[at]) as usize;
        at += 1;
    }
    count
};

const fn is_of_accounts(field: Field) -> bool {
    match facts(field) {
        Some(facts) => matches!(facts.surface, Surface::Users) && matches!(facts.writing, Writing::Set),
        None => false,
    }
}

/// Whether two fields travel in one request: same object, same permission. Kept apart, a missing permission for phones
/// cannot stop an address. What comes into being, and entries, travel alone.
pub fn same_request(a: Field, b: Field) -> bool {
    match (facts(a), facts(b)) {
        (Some(a), Some(b)) => {
            a.surface == b.surface
                && a.write_permissions == b.write_permissions
                && a.writing == b.writing
                && matches!(a.writing, Writing::Set | Writing::Replace)
        }
        _ => false,
    }
}

/// The categories that go by a field's values (DOMAIN F).
pub fn categories(field: Field) -> &'static [Category] {
    match field {
        Field::Technical => &[Category::ServiceAndTechnical, Category::Billing],
        Field::SecurityMails => &[Category::SecurityAndCompliance],
        Field::Marketing => &[Category::Marketing],
        Field::PrivacyContact => &[Category::Privacy],
        // Privacy notices go to Global Administrators where no contact is named.
        Field::AlternateEmails => &[Category::PasswordResetRequest, Category::Privacy, Category::Billing],
        Field::SecurityPhones
        | Field::PrivacyStatement
        | Field::MobilePhone
        | Field::BusinessPhone
        | Field::BusinessEmail
        | Field::Gateways => &[],
        #[cfg(feature = "rehearsal")]
        Field::RehearsedThing
        | Field::RehearsedText
        | Field::RehearsedHolders
        | Field::RehearsedLeases
        | Field::RehearsedMember => &[],
    }
}
