//! What an administrator grants to an application, so that it may read a tenant or write a surface.
//!
//! Invariant: no list of its own. What a field takes stands in [`crate::field`], and what reading takes beside in
//! [`crate::permission`].

use std::collections::BTreeSet;

use tenant_contacts_api::field::{Field, Surface};
use uuid::Uuid;

use crate::{
    field,
    model::role,
    permission::{
        self, ACCOUNTS_READ, BILLING_ROLE, DOMAIN_READ, EXCHANGE_APPLICATION, EXCHANGE_ROLE, EXCHANGE_TRACE_ROLE,
        HIDDEN_MEMBERS, PARTNER_ACCESS, REPORT_READ,
    },
};

/// Something that is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grant {
    /// An application permission of Microsoft Graph.
    Graph(&'static str),
    /// An application permission of Office 365 Exchange Online.
    Exchange(&'static str),
    /// A directory role, by template id.
    DirectoryRole(Uuid),
    /// A role in a billing account.
    BillingRole(&'static str),
}

/// The billing role's name without what kind of role it is.
const BILLING_ACCOUNT_READER: &str = "Billing account reader";

/// What [`Grant::of`] gives for what Exchange takes.
const EXCHANGE: [Grant; 2] = [Grant::Exchange(EXCHANGE_APPLICATION), Grant::DirectoryRole(role::GLOBAL_READER)];

impl Grant {
    /// What gives a permission or role that a fact is unknown for want of. Without the application permission for Exchange it is
    /// not seen whether the role beside it is held, and either alone tells nothing: so both are named. Empty for access to Partner
    /// Center, which no command gives.
    pub fn of(missing: &'static str) -> Vec<Self> {
        match missing {
            EXCHANGE_APPLICATION => EXCHANGE.to_vec(),
            EXCHANGE_ROLE | EXCHANGE_TRACE_ROLE => vec![Self::DirectoryRole(role::GLOBAL_READER)],
            BILLING_ROLE => vec![Self::BillingRole(BILLING_ACCOUNT_READER)],
            PARTNER_ACCESS => Vec::new(),
            permission => vec![Self::Graph(permission)],
        }
    }

    /// Its name, as Microsoft writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Graph(name) | Self::Exchange(name) | Self::BillingRole(name) => name,
            Self::DirectoryRole(id) => role::name(id).unwrap_or("a directory role"),
        }
    }

    /// What kind of thing it is.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Graph(_) => "application permission of Microsoft Graph",
            Self::Exchange(_) => "application permission of Office 365 Exchange Online",
            Self::DirectoryRole(_) => "directory role",
            Self::BillingRole(_) => "billing role",
        }
    }

    /// What it tells or allows.
    pub fn purpose(self) -> &'static str {
        let asked = match self {
            Self::Graph(name) | Self::Exchange(name) => name,
            Self::DirectoryRole(role::GLOBAL_READER) => EXCHANGE_ROLE,
            Self::DirectoryRole(_) => return "allows writing accounts that hold directory roles",
            Self::BillingRole(_) => BILLING_ROLE,
        };
        permission::purpose(asked).unwrap_or("tells what could not be read for want of it")
    }

    /// Whether only tenants need it in which accounts that hold directory roles are written. It may reset how every administrator
    /// signs in: whoever grants it is to say so.
    pub fn is_for_administrators(self) -> bool {
        self == Self::DirectoryRole(role::PRIVILEGED_AUTHENTICATION_ADMINISTRATOR)
    }
}

/// The fields that an interface writes on a surface.
fn fields(surface: Surface) -> impl Iterator<Item = field::FieldFacts> {
    Field::ALL.into_iter().filter_map(field::facts).filter(move |facts| facts.surface == surface)
}

/// Each once, in the order in which it is met first.
fn each_once(grants: impl Iterator<Item = Grant>) -> Vec<Grant> {
    let mut met = BTreeSet::new();
    grants.filter(|grant| met.insert(*grant)).collect()
}

/// The least privileged of each need.
fn least<'n>(needs: impl IntoIterator<Item = &'n &'static [&'static str]>) -> Vec<Grant> {
    needs.into_iter().filter_map(|any_of| any_of.first()).map(|permission| Grant::Graph(permission)).collect()
}

/// What reading a surface takes. [`Surface::Report`] is the whole tenant, and takes everything that the others take.
pub fn reading(surface: Surface) -> Vec<Grant> {
    let of_fields = fields(surface).map(|facts| facts.read_permissions).collect::<Vec<_>>();
    let mut found = least(&of_fields);
    match surface {
        Surface::Organization => {}
        Surface::Users => {
            found.extend(least(&[DOMAIN_READ]));
            found.extend(least(ACCOUNTS_READ));
        }
        Surface::Report => {
            found.extend(least(REPORT_READ));
            found.push(Grant::Graph(HIDDEN_MEMBERS));
            found.extend(EXCHANGE);
            found.extend(Grant::of(BILLING_ROLE));
        }
        #[cfg(feature = "rehearsal")]
        Surface::Rehearsal => {}
    }
    each_once(found.into_iter())
}

/// What writing a surface takes beside reading it. Nothing is written on [`Surface::Report`].
pub fn writing(surface: Surface) -> Vec<Grant> {
    let of_fields = fields(surface).map(|facts| facts.write_permissions).collect::<Vec<_>>();
    let mut found = least(&of_fields);
    if surface == Surface::Users {
        found.push(Grant::DirectoryRole(role::PRIVILEGED_AUTHENTICATION_ADMINISTRATOR));
    }
    each_once(found.into_iter())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(grants: &[Grant]) -> Vec<&'static str> {
        grants.iter().map(|grant| grant.name()).collect()
    }

    #[test]
    fn c4_the_whole_tenant_takes_every_reading_permission_and_role_of_the_table() {
        let whole = names(&reading(Surface::Report));
        for any_of in REPORT_READ {
            assert!(whole.contains(&any_of[0]), "{}", any_of[0]);
        }
        for name in [HIDDEN_MEMBERS, EXCHANGE_APPLICATION, "Global Reader", "Billing account reader"] {
            assert!(whole.contains(&name), "{name}");
        }
        for surface in Surface::ALL {
            assert!(names(&reading(surface)).iter().all(|name| whole.contains(name)), "{}", surface.as_str());
        }
        assert!(BILLING_ROLE.starts_with(BILLING_ACCOUNT_READER) && EXCHANGE_ROLE.starts_with("Global Reader"));
    }

    #[test]
    fn c4_a_surface_takes_what_its_fields_take_and_nothing_that_writes_to_be_read() {
        assert_eq!(names(&reading(Surface::Organization)), ["Organization.Read.All"]);
        let users = ["User.Read.All", "Domain.Read.All", "RoleManagement.Read.Directory", "GroupMember.Read.All"];
        assert_eq!(names(&reading(Surface::Users)), users);
        for field in Field::ALL.into_iter().filter_map(field::facts) {
            let (read, write) = (names(&reading(field.surface)), names(&writing(field.surface)));
            assert!(read.contains(&field.read_permissions[0]) && write.contains(&field.write_permissions[0]));
        }
        assert!(writing(Surface::Report).is_empty());
        let reads = Surface::ALL.into_iter().flat_map(reading);
        assert!(reads.into_iter().all(|grant| !grant.name().contains("Write") && !grant.is_for_administrators()));
        let cautious: Vec<_> = writing(Surface::Users).into_iter().filter(|one| one.is_for_administrators()).collect();
        assert_eq!(names(&cautious), ["Privileged Authentication Administrator"]);
    }

    #[test]
    fn c4_what_is_missing_names_what_gives_it() {
        assert_eq!(names(&Grant::of("User.Read.All")), ["User.Read.All"]);
        assert_eq!(names(&Grant::of(EXCHANGE_APPLICATION)), ["Exchange.ManageAsApp", "Global Reader"]);
        for role in [EXCHANGE_ROLE, EXCHANGE_TRACE_ROLE] {
            assert_eq!(Grant::of(role), [Grant::DirectoryRole(role::GLOBAL_READER)]);
        }
        assert_eq!(names(&Grant::of(BILLING_ROLE)), ["Billing account reader"]);
        assert!(Grant::of(PARTNER_ACCESS).is_empty(), "no command gives it");
        for grant in Surface::ALL.into_iter().flat_map(|surface| [reading(surface), writing(surface)].concat()) {
            let purpose = grant.purpose();
            assert!(purpose.starts_with("tells") || purpose.starts_with("allows "), "{purpose}");
        }
    }
}
