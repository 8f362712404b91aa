//! The managed fields: one name for each value this product may write, and the surfaces they live on. A field is one row.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A part of the tenant with its own permissions, switched on one by one in `Tenant.spec.enforce`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Surface {
    /// The organization's notification addresses and privacy profile.
    Organization,
    /// Alternate emails and phones in the directory.
    Users,
    /// The tenant as a whole, as it is read for answers and reports: who receives which notice. Nothing is written there.
    Report,
    /// A surface of tests alone, which asks of the structure all that a surface can: to be created, entries that come, go and
    /// expire, documents that are replaced, operations that take their time.
    #[cfg(feature = "rehearsal")]
    #[schemars(skip)]
    Rehearsal,
}

impl Surface {
    /// Every surface of the product, in the order in which plans and status list them.
    pub const ALL: [Self; 3] = [Self::Organization, Self::Users, Self::Report];

    /// The name as it is written in YAML.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Organization => "Organization",
            Self::Users => "Users",
            Self::Report => "Report",
            #[cfg(feature = "rehearsal")]
            Self::Rehearsal => "Rehearsal",
        }
    }
}

/// Makes the list of fields: each is one row.
macro_rules! fields {
    (
        product { $($field:ident: $kind:ident $path:literal $($more:literal)?,)+ }
        rehearsed { $($(#[doc = $doc:literal])+ $test:ident: $test_path:literal,)+ }
    ) => {
        /// A managed field. The name is the path of the declaring property in its kind's spec.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase")]
        pub enum Field {
            $(#[doc = concat!("`", stringify!($kind), ".spec.", $path, "`" $(, " ", $more)?)] $field,)+
            $(
                $(#[doc = $doc])+
                #[cfg(feature = "rehearsal")]
                #[schemars(skip)]
                $test,
            )+
        }

        impl Field {
            /// Every field of the product, in the order in which plans and status list them.
            pub const ALL: [Self; [$(Self::$field),+].len()] = [$(Self::$field),+];

            /// The property of the kind's spec that declares the field.
            pub const fn path(self) -> &'static str {
                match self {
                    $(Self::$field => $path,)+
                    $(#[cfg(feature = "rehearsal")] Self::$test => $test_path,)+
                }
            }

            /// The kind whose spec declares the field; none of those of tests.
            pub const fn kind(self) -> Option<&'static str> {
                match self {
                    $(Self::$field => Some(stringify!($kind)),)+
                    $(#[cfg(feature = "rehearsal")] Self::$test => None,)+
                }
            }
        }
    };
}

fields! {
    product {
        Technical: OrganizationContacts "technical",
        SecurityMails: OrganizationContacts "securityAndCompliance.mails",
        SecurityPhones: OrganizationContacts "securityAndCompliance.phones",
        Marketing: OrganizationContacts "marketing",
        PrivacyContact: OrganizationContacts "privacy.contactEmail",
        PrivacyStatement: OrganizationContacts "privacy.statementUrl",
        AlternateEmails: UserContact "alternateEmails",
        MobilePhone: UserContact "mobilePhone",
        BusinessPhone: UserContact "businessPhone",
        BusinessEmail: UserContact "businessEmail" "(no API: never written, DOMAIN A4)",
        Gateways: TrustedSenders "gateways" "(no API: never written, DOMAIN E4)",
    }
    rehearsed {
        /// Of tests alone: whether the thing is there; it is created.
        RehearsedThing: "rehearsed.thing",
        /// Of tests alone: a text that is set as a whole.
        RehearsedText: "rehearsed.text",
        /// Of tests alone: entries that come and go one by one, the new ones first.
        RehearsedHolders: "rehearsed.holders",
        /// Of tests alone: entries that end by themselves and are renewed.
        RehearsedLeases: "rehearsed.leases",
        /// Of tests alone: a member of a document that is replaced as a whole, which takes the service its time.
        RehearsedMember: "rehearsed.member",
    }
}
