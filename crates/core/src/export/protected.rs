//! Which accounts look as if they were kept for emergencies: proposed, since nothing in a tenant says so.
//!
//! Invariant: proposing one too many costs a line that a person deletes, and until then nothing is written to that account.

use tenant_contacts_api::v1alpha1::AccountRef;

use crate::{
    landscape::{Landscape, Person, Principal},
    model::{Fact, role},
};

/// Said in the file that proposes them.
pub(super) const ABOUT: &str = " guardRails.protectedAccounts is a proposal: Global Administrators of the cloud alone that are called \
                                like accounts for emergencies, or have no mailbox and the tenant's first domain. Correct it: \
                                nothing is ever written to these accounts.";

/// What such accounts are called, in the languages that tenants' names were seen in; without blanks, hyphens and dots.
const CALLED: [&str; 6] = ["breakglass", "emergency", "notfall", "urgence", "emergencia", "nooddoos"];

/// Most that are proposed: Microsoft recommends two, and a name that fits dozens says something else.
const MOST: usize = 10;

/// The accounts to propose, by name.
pub(super) fn proposed(landscape: &Landscape) -> Vec<AccountRef> {
    let directory = &landscape.directory;
    let (Some(people), Ok(Some(active))) = (directory.people.present(), directory.active.known()) else {
        return Vec::new();
    };
    let assigned = active.iter().filter(|one| one.role == role::GLOBAL_ADMINISTRATOR && one.whole_tenant);
    let mut found: Vec<&Person> = assigned
        .filter_map(|one| match &one.principal {
            Principal::Person(id) => people.get(id),
            _ => None,
        })
        .filter(|person| person.synchronised != Fact::Present(true) && person.guest != Fact::Present(true))
        // Another organization's account keeps the mark of one, whatever it has been made since.
        .filter(|person| !person.user_principal_name.to_uppercase().contains("#EXT#"))
        .filter(|person| is_called_so(person) || is_bare(landscape, person))
        .collect();
    found.sort_by_cached_key(|person| (person.user_principal_name.to_lowercase(), person.id));
    found.dedup_by_key(|person| person.id);
    found.truncate(MOST);
    let account = |person: &Person| AccountRef {
        user_principal_name: person.user_principal_name.to_string(),
        object_id: Some(person.id),
    };
    found.into_iter().map(account).collect()
}

fn is_called_so(person: &Person) -> bool {
    let plain = |name: &str| name.to_lowercase().replace([' ', '-', '.', '_'], "");
    let local = person.user_principal_name.split('@').next().unwrap_or_default();
    [plain(local), plain(&person.display_name)].iter().any(|name| CALLED.iter().any(|called| name.contains(called)))
}

/// In the domain that no registrar can take away, and without a mailbox, as Microsoft's guidance has such accounts.
fn is_bare(landscape: &Landscape, person: &Person) -> bool {
    let domain = person.user_principal_name.rsplit_once('@').map_or("", |(_, domain)| domain).to_lowercase();
    let initial = landscape.domains.present().and_then(|domains| domains.get(domain.as_str()));
    initial.is_some_and(|domain| domain.initial) && person.exchange_plan == Fact::Present(false)
}
