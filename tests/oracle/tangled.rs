//! Random tenants, with an observer that may read all of them, and a notice to every address there is.

use std::collections::BTreeSet;

use tenant_contacts_core::{
    answer::{Answer, Declared, explain},
    landscape::Landscape,
};
use tenant_contacts_simulator::{ApplicationSeed, BillingRoleSeed, ListSeed, Options, Seed, Simulator, Switches};
use testkit::rig::EPOCH;

use crate::survey::tenant::{OBSERVER, contoso, read};

/// How many tenants are compared where nobody says otherwise.
const TENANTS: u64 = 1_000;

/// The observer's name.
pub const OBSERVER_NAME: &str = "tenant-contacts-observer";

/// What tells who is in groups of hidden membership.
pub const HIDDEN_MEMBERS: &str = "Member.Read.Hidden";

/// How many tenants to compare: more of them for a campaign, fewer while looking for one.
pub fn tenants() -> std::ops::Range<u64> {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let first = number("TENANT_CONTACTS_ORACLE_FIRST").unwrap_or_default();
    first..first + number("TENANT_CONTACTS_ORACLE_TENANTS").unwrap_or(TENANTS)
}

/// A random tenant. Marketing mail goes to every address in it, and to some of nobody's, so that each is followed.
pub fn seed(number: u64) -> Seed {
    let mut seed = Seed::tangled(number);
    seed.applications.push(observer());
    for account in seed.billing.iter_mut().flat_map(|billing| &mut billing.accounts) {
        account.roles.push(BillingRoleSeed { role: "Billing account reader".into(), principal: OBSERVER_NAME.into() });
    }
    seed.organization.marketing_notification_emails = addresses(&seed).into_iter().collect();
    // Who is in such a group is shown to whom may read it, and to others it looks as if nobody were.
    for group in seed.groups.iter_mut().filter(|group| number % 2 == 1 && !group.roles.is_empty()) {
        group.visibility = Some("HiddenMembership".into());
    }
    seed
}

fn observer() -> ApplicationSeed {
    let mut observer = contoso().applications.into_iter().find(|one| one.client_id == OBSERVER).unwrap();
    if !observer.permissions.iter().any(|one| one == HIDDEN_MEMBERS) {
        observer.permissions.push(HIDDEN_MEMBERS.into());
    }
    observer
}

/// Every address in a tenant and some of nobody.
fn addresses(seed: &Seed) -> BTreeSet<String> {
    let users = seed.users.iter().map(|user| user.upn.clone());
    let mails = seed.users.iter().filter_map(|user| user.mail.clone());
    let aliases = seed.users.iter().flat_map(|user| user.proxy_addresses.iter().flatten());
    let aliases = aliases.filter_map(|proxy| proxy.split_once(':').map(|(_, address)| address.to_owned()));
    let groups = seed.groups.iter().filter_map(|group| group.mail.clone());
    let lists = seed.exchange.lists.iter().filter_map(|list: &ListSeed| list.mail.clone());
    let exchange = &seed.exchange;
    let lists = lists.chain(exchange.lists.iter().flat_map(|list| list.aliases.iter().cloned()));
    let contacts = exchange.contacts.iter().map(|contact| contact.address.clone());
    let removed = exchange.soft_deleted.iter().flat_map(|one| one.addresses.iter().cloned());
    let lists = lists.chain(contacts).chain(removed);
    let others = ["nobody@contoso.com", "far@relay.example", "x0@outside.example"].map(str::to_owned);
    users
        .chain(mails)
        .chain(aliases)
        .chain(groups)
        .chain(lists)
        .chain(others)
        .map(|address| address.to_lowercase())
        .filter(|address| !address.contains('#'))
        .collect()
}

/// Turns one behaviour that is not verified.
pub type Turn = fn(&mut Switches);

/// Every choice of the behaviours that matter.
pub fn ways(turns: &[(bool, Turn)]) -> Vec<Switches> {
    turns.iter().filter(|(matters, _)| *matters).fold(vec![Switches::default()], |mut all, (_, turn)| {
        let turned = all.iter().map(|switches| {
            let mut switches = *switches;
            turn(&mut switches);
            switches
        });
        all.extend(turned.collect::<Vec<_>>());
        all
    })
}

/// The tenant, with behaviours that are not verified as told.
pub fn simulator(seed: &Seed, switches: Switches) -> Simulator {
    let options = Options { epoch: Some(EPOCH.parse().unwrap()), switches, ..Options::default() };
    Simulator::new(seed, options).unwrap()
}

/// What the product reads of a tenant, and answers.
pub async fn look(simulator: &Simulator) -> (Landscape, Answer) {
    let (declared, now) = (Declared::default(), EPOCH.parse().unwrap());
    let landscape = read(simulator, &|landscape| explain(landscape, &declared, now).wanted).await;
    let answer = explain(&landscape, &declared, now).answer;
    (landscape, answer)
}
