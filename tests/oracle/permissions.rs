//! Less may be read, less is known, and nothing else is said (DOMAIN G1, G2).

use std::collections::BTreeMap;

use tenant_contacts_api::notice::{Arrival, Category, Reach, Selected};
use tenant_contacts_core::answer::{Answer, NodeKind};
use tenant_contacts_simulator::{Seed, Switches};
use testkit::rig::on_paused_time;

use crate::{
    tally::{Tally, each},
    tangled::{HIDDEN_MEMBERS, OBSERVER_NAME, look, seed, simulator},
};

/// How many tenants are read once for each permission: the answers differ by what may be read, and fifty tangles have
/// everything that it could bear on.
const TENANTS: u64 = 50;

/// What may be taken from the observer.
#[derive(Clone, Copy, Debug)]
enum Taken {
    Permission(&'static str),
    DirectoryRoles,
    BillingRole,
}

const EACH: [Taken; 12] = [
    Taken::Permission("User.Read.All"),
    Taken::Permission("Organization.Read.All"),
    Taken::Permission("Domain.Read.All"),
    Taken::Permission("RoleManagement.Read.Directory"),
    Taken::Permission("RoleEligibilitySchedule.Read.Directory"),
    Taken::Permission("GroupMember.Read.All"),
    Taken::Permission(HIDDEN_MEMBERS),
    Taken::Permission("Mail.ReadBasic.All"),
    Taken::Permission("MailboxSettings.Read"),
    Taken::Permission("Exchange.ManageAsApp"),
    Taken::DirectoryRoles,
    Taken::BillingRole,
];

fn without(seed: &Seed, taken: Taken) -> Seed {
    let mut seed = seed.clone();
    let observer = seed.applications.iter_mut().find(|one| one.name == OBSERVER_NAME).unwrap();
    match taken {
        Taken::Permission(name) => {
            let before = observer.permissions.len();
            observer.permissions.retain(|one| one != name);
            assert!(observer.permissions.len() < before, "the observer has {name}");
        }
        Taken::DirectoryRoles => observer.directory_roles.clear(),
        Taken::BillingRole => {
            for account in seed.billing.iter_mut().flat_map(|billing| &mut billing.accounts) {
                account.roles.retain(|role| role.principal != OBSERVER_NAME);
            }
        }
    }
    seed
}

/// What is said of each address, and of each choice of one.
type Said<'a> = (BTreeMap<(Category, &'a str), Arrival>, BTreeMap<(Category, &'a str), Selected>);

fn said(answer: &Answer) -> Said<'_> {
    let (mut arrivals, mut chosen) = (BTreeMap::new(), BTreeMap::new());
    for category in &answer.categories {
        for one in &category.recipients {
            let Some(NodeKind::Address(address)) = one.end().and_then(|end| answer.node(end)).map(|node| &node.kind)
            else {
                continue;
            };
            arrivals.insert((category.category, &**address), one.arrival);
            let best = chosen.entry((category.category, &**address)).or_insert(one.selected);
            *best = (*best).max(one.selected);
        }
    }
    (arrivals, chosen)
}

/// Whether one certain word stands against another.
fn turned<T: PartialEq>(before: &T, after: &T, unknown: &T) -> bool {
    before != after && after != unknown && before != unknown
}

/// Counts where the answer to less is certain of something else than the answer to everything.
pub fn compare(at: &str, whole: &Answer, part: &Answer, tally: &mut Tally) {
    let ((arrivals, chosen), (fewer, choices)) = (said(whole), said(part));
    for (address, after) in &fewer {
        tally.count(format!("addresses: {}", after.as_str()));
        // What is followed now and was not before is compared with nothing.
        let Some(before) = arrivals.get(address) else { continue };
        if turned(before, after, &Arrival::Unknown) {
            tally.differs("another certain verdict", format!("{at}: {address:?} {before:?} became {after:?}"));
        }
        if *before == Arrival::Unknown && *after != Arrival::Unknown {
            tally.differs("certain with less to read", format!("{at}: {address:?} became {after:?}"));
        }
        if *after == Arrival::Unknown && *before != Arrival::Unknown && part.gaps.is_empty() {
            tally.differs("unknown, and no gap says why", format!("{at}: {address:?}"));
        }
    }
    for (key, after) in &choices {
        let Some(before) = chosen.get(key) else { continue };
        if turned(before, after, &Selected::Unknown) || (*before == Selected::Unknown && *after != Selected::Unknown) {
            tally.differs("chosen otherwise", format!("{at}: {key:?} {before:?} became {after:?}"));
        }
    }
    for (before, after) in whole.categories.iter().zip(&part.categories) {
        let known = |reach: Reach| reach != Reach::Unknown;
        let category = before.category;
        // Of nobody who is known to nobody at all is a step to more certainty, which less to read gives nobody.
        let worse = after.reach.is_nobody_known() && after.reach < before.reach;
        if worse && known(before.reach) {
            let words = format!("{at}: {category} {:?} became {:?}", before.reach, after.reach);
            tally.differs("nobody, though somebody is reached", words);
        }
        if before.reach != after.reach && after.reach == Reach::Unknown && part.gaps.is_empty() {
            tally.differs("a category is unknown, and no gap says why", format!("{at}: {category}"));
        }
        if before.reach == Reach::Unknown && after.reach.is_nobody_known() {
            tally.differs("nobody, with less to read", format!("{at}: {category}"));
        }
    }
}

/// With each permission away in turn there is an answer; what it told is unknown, with a gap, and no certain word turns.
#[test]
fn g1_g2_a_permission_that_is_missing_makes_answers_unknown_and_turns_none() {
    let tally = each(0..TENANTS, |number, tally| {
        let seed = seed(number);
        let read = |seed: &Seed| on_paused_time(async { look(&simulator(seed, Switches::default())).await.1 });
        let whole = read(&seed);
        for taken in EACH {
            let fewer = without(&seed, taken);
            if fewer == seed {
                continue;
            }
            let part = read(&fewer);
            assert_eq!(part.categories.len(), whole.categories.len(), "it still answers");
            compare(&format!("tenant {number} without {taken:?}"), &whole, &part, tally);
        }
    });
    tally.settle();
}
