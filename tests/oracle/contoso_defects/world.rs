//! Contoso as somebody reads it: the simulated tenant, and what its manifests declare.

use std::path::{Path, PathBuf};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use tenant_contacts::{directory, gather};
use tenant_contacts_core::answer::{Declared, DeclaredContact};
use tenant_contacts_simulator::{ExchangeObject, GroupMailboxSeed, ListSeed, MailboxSeed, PartnerSeed, Seed, UserSeed};
use testkit::rig;

/// The moment at which the tenant is read: the attestations of the manifests are some weeks old then.
pub const NOW: &str = "2026-11-16T09:00:00Z";

/// The administrator accounts without a mailbox, whose objects name the path by which their notices are read.
pub const WITHOUT_MAILBOX: [&str; 3] =
    ["adm-priya.raman@contoso.com", "adm-tomas.lindqvist@contoso.com", "adm-ingrid.solberg@contoso.com"];

/// A tenant and what is declared of it.
#[derive(Clone)]
pub struct World {
    /// The tenant.
    pub seed: Seed,
    /// What the manifests say of it, as far as it bears on the answer.
    pub declared: Declared,
    /// What MX records name for every domain, as DNS says. None: a domain's own host takes its mail.
    pub hosts: Vec<&'static str>,
}

pub fn now() -> Timestamp {
    NOW.parse().unwrap()
}

pub fn today() -> Date {
    now().to_zoned(TimeZone::UTC).date()
}

pub fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/contoso").join(name)
}

pub fn text(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap()
}

/// What all of the example's manifests declare.
pub fn manifests() -> Declared {
    let read = directory::read(rig::checker(), &path(""));
    assert!(read.problems.is_empty(), "{:#?}", read.problems);
    let sets = gather::sets(&read);
    let [set] = sets.tenants.values().collect::<Vec<_>>()[..] else { panic!("one Tenant is declared") };
    Declared::of(&set.gathered.tenant, &set.gathered.objects)
}

/// The tenant before anybody looked after it. The manifests are there, but for what a person finds out in the portal and
/// writes down last: business emails, and where the notices of accounts without a mailbox are read.
pub fn defective() -> World {
    let mut declared = manifests();
    for contact in declared.contacts.values_mut() {
        contact.business_email = None;
        contact.business_email_attested = None;
    }
    for name in WITHOUT_MAILBOX {
        declared.contacts.get_mut(name).unwrap().mail = None;
    }
    World { seed: Seed::from_yaml(&text("seed/tenant.yaml")).unwrap(), declared, hosts: Vec::new() }
}

impl World {
    pub fn user(&mut self, upn: &str) -> &mut UserSeed {
        self.seed.users.iter_mut().find(|user| user.upn == upn).unwrap_or_else(|| panic!("no account {upn}"))
    }

    pub fn mailbox(&mut self, user: &str) -> &mut MailboxSeed {
        let exchange = &mut self.seed.exchange;
        let all = exchange.mailboxes.iter_mut().chain(&mut exchange.shared_mailboxes);
        all.into_iter().find(|mailbox| mailbox.user == user).unwrap_or_else(|| panic!("no mailbox {user}"))
    }

    pub fn list(&mut self, name: &str) -> &mut ListSeed {
        let found = self.seed.exchange.lists.iter_mut().find(|list| list.name == name);
        found.unwrap_or_else(|| panic!("no list {name}"))
    }

    pub fn group(&mut self, name: &str) -> &mut GroupMailboxSeed {
        let found = self.seed.exchange.groups.iter_mut().find(|group| group.name == name);
        found.unwrap_or_else(|| panic!("no group {name}"))
    }

    pub fn partner(&mut self) -> &mut PartnerSeed {
        self.seed.partner.as_mut().unwrap()
    }

    /// What is declared of an account; an empty object where nothing was.
    pub fn contact(&mut self, upn: &str) -> &mut DeclaredContact {
        self.declared.contacts.entry(upn.into()).or_default()
    }

    /// Invoice recipients of all billing profiles, one profile after the other.
    pub fn invoice_recipients(&mut self) -> impl Iterator<Item = &mut Vec<String>> {
        let accounts = self.seed.billing.iter_mut().flat_map(|billing| &mut billing.accounts);
        accounts.flat_map(|account| &mut account.profiles).map(|profile| &mut profile.invoice_recipients)
    }
}

/// Changes one property of an object whose `name` or `value` is this.
pub fn set(objects: &mut [ExchangeObject], name: &str, property: &str, value: impl Into<serde_json::Value>) {
    let named = |object: &&mut ExchangeObject| {
        ["name", "value", "senderAddress"].iter().any(|key| object.get(*key).is_some_and(|text| text == name))
    };
    let object = objects.iter_mut().find(named).unwrap_or_else(|| panic!("no object {name}"));
    object.insert(property.to_owned(), value.into());
}
