//! What breaks while it works: connections to the API server cut, refused and silent, the server killed, its history
//! compacted, its definitions gone; and the process itself killed in the middle of an `apply`. After each the tenant is as
//! declared, and nothing was written twice.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking, its helpers as well

mod definitions;
mod killed;
mod restart;
mod watches;

use std::sync::RwLock;

use serde_json::Value;
use tenant_contacts_simulator::Options;
use testkit::{
    chart,
    cli::{binary::until, small},
    operator::Site,
};

/// Tests that need the API server all the time read; those that take it away write.
static API_SERVER: RwLock<()> = RwLock::new(());

/// The small tenant, and one more person.
fn site(name: &str) -> Site {
    definitions::bring_back(chart::shared()); // a test before may have taken some away
    let seed = format!("{}  - {{upn: eve@contoso.com}}\n", small::SEED);
    Site::with(name, &seed, Options::default())
}

/// A phone that replaces the one of the seed, and takes it back when the object goes.
const RESTORED: &str = "  deletionPolicy: Restore\n  mobilePhone: {value: \"+1 425 555 0155\"}";

/// The phone in the seed.
const ORIGINAL: &str = "+1 425 555 0102";

fn phone_of(number: u32) -> String {
    format!("  mobilePhone: {{value: \"{}\"}}", number_of(number))
}

fn number_of(number: u32) -> String {
    format!("+1 425 555 {number:04}")
}

/// What is declared first: `ann` under Orphan, `bob` under Restore. Both are written and verified.
fn declared(site: &Site) {
    site.apply(small::SECRET);
    site.apply(&small::tenant("[Users]", "  interval: 10s"));
    site.apply(&small::contact("ann", small::ANN));
    site.apply(&small::contact("bob", RESTORED));
    site.ready("usercontact", "ann", "True InSync");
    site.ready("usercontact", "bob", "True InSync");
    assert_eq!(site.office.written(), ["ann@contoso.com mobilePhone", "ann@contoso.com otherMails", BOB]);
}

const BOB: &str = "bob@contoso.com mobilePhone";
const EVE: &str = "eve@contoso.com mobilePhone";

fn phone(site: &Site, name: &str) -> Value {
    site.office.user(&format!("{name}@contoso.com"))["mobilePhone"].clone()
}

#[track_caller]
fn until_phone(site: &Site, name: &str, wanted: &str) {
    until(&format!("the phone of {name} is {wanted}"), || phone(site, name) == wanted);
}
