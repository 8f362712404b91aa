//! Deleting, in the orders in which people and garbage collectors do it: nothing wedges, and Restore returns what was
//! there or lets go.

use serde_json::json;
use testkit::{
    cli::{
        binary::{Running, until},
        small,
    },
    operator::Site,
};

/// A phone that replaces the one of the seed, and takes it back when the object goes.
const RESTORED: &str = "  deletionPolicy: Restore\n  mobilePhone: {value: \"+1 425 555 0155\"}";

/// The phone in the seed.
pub const ORIGINAL: &str = "+1 425 555 0102";

/// An operator that gives up soon: what ends after a quarter of an hour ends within the test.
pub const QUICK: [&str; 2] = ["--release-after", "15s"];

/// The phone of `bob`.
pub fn phone(site: &Site) -> serde_json::Value {
    site.office.user("bob@contoso.com")["mobilePhone"].clone()
}

/// Waits until a UserContact is no longer there.
#[track_caller]
pub fn gone(site: &Site, name: &str) {
    let object = format!("usercontact/{name}");
    site.kubectl(&["wait", "--for=delete", &object, "--timeout=90s"]).ok();
}

/// Waits for an event with this reason, whose note has these words.
#[track_caller]
pub fn told(site: &Site, reason: &str, words: &str) {
    until(&format!("an event {reason} says {words:?}"), || {
        let events = site.kubectl(&["get", "events", "-o", "json"]).json();
        let events = events["items"].as_array().unwrap().clone();
        events.iter().any(|event| {
            event["reason"] == reason && event["message"].as_str().is_some_and(|message| message.contains(words))
        })
    });
}

/// A site with `bob` under Restore and `ann` under Orphan, both written and verified.
pub fn written(name: &str) -> (Site, Running) {
    written_by(name, &[])
}

/// The same by an operator with more arguments.
pub fn written_by(name: &str, more: &[&str]) -> (Site, Running) {
    let site = Site::open(name);
    let operator = site.operator(more);
    site.apply(small::SECRET);
    site.apply(&small::tenant("[Users]", ""));
    site.apply(&small::contact("bob", RESTORED));
    site.apply(&small::contact("ann", small::ANN));
    site.ready("usercontact", "bob", "True InSync");
    site.ready("usercontact", "ann", "True InSync");
    assert_eq!(phone(&site), "+1 425 555 0155");
    (site, operator)
}

#[test]
fn a_child_that_is_deleted_restores_or_leaves_as_its_policy_says() {
    let (site, _operator) = written("deletion-child");
    let finalizers = |name: &str| site.object("usercontact", name).unwrap()["metadata"]["finalizers"].clone();
    assert_eq!(finalizers("bob"), json!(["tenantcontacts.dev/restore"]));
    assert!(finalizers("ann").is_null(), "Orphan needs nobody to wait for");
    site.kubectl(&["delete", "usercontact", "ann", "bob", "--timeout=60s"]).ok();
    assert_eq!(phone(&site), ORIGINAL);
    assert_eq!(site.office.user("ann@contoso.com")["otherMails"], json!(["ann.home@example.org"]), "Orphan leaves");
}

#[test]
fn what_is_deleted_while_the_operator_is_down_is_restored_when_it_is_back() {
    let (site, operator) = written("deletion-down");
    operator.terminate();
    assert_eq!(operator.end().0, Some(0));
    site.kubectl(&["delete", "usercontact", "bob", "--wait=false"]).ok();
    assert_eq!(phone(&site), "+1 425 555 0155");
    let _operator = site.operator(&[]);
    until("the object is gone", || site.object("usercontact", "bob").is_none());
    assert_eq!(phone(&site), ORIGINAL);
}

#[test]
fn a_child_whose_tenant_went_first_is_let_go_with_a_word() {
    let (site, _operator) = written("deletion-tenant");
    site.kubectl(&["delete", "tenant", "contoso"]).ok();
    site.ready("usercontact", "ann", "False TenantNotFound");
    site.kubectl(&["delete", "usercontact", "bob", "--timeout=60s"]).ok();
    assert_eq!(phone(&site), "+1 425 555 0155", "nobody is left who could put it back");
    told(&site, "NotRestored", "Tenant does not exist");
}

#[test]
fn a_namespace_goes_as_a_whole() {
    let (site, _operator) = written("deletion-namespace");
    // Its watches end with the rights, which end with the namespace.
    let site = site.expecting_refusals();
    site.kubectl.call(&["delete", "namespace", &site.namespace, "--timeout=90s"]).ok();
}
