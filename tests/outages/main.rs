//! What breaks while it works: connections to the API server cut, refused and silent, the server killed, its history
//! compacted, its definitions gone. After each the tenant is as declared, and nothing was written twice.
//!
//! Who takes away the API server or a definition has a control plane of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking, its helpers as well

mod definitions;
mod restart;
mod watches;

use serde_json::Value;
use tenant_contacts_simulator::Options;
use testkit::{
    cli::{binary::until, small},
    operator::Site,
};

/// The small tenant, and one more person.
fn seed() -> String {
    format!("{}  - {{upn: eve@contoso.com}}\n", small::SEED)
}

fn site(name: &str) -> Site {
    Site::with(name, &seed(), Options::default())
}

/// The same on a control plane of its own.
fn alone(name: &str) -> Site {
    Site::alone(name, &seed())
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
