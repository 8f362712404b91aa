//! CustomResourceDefinitions that are deleted with objects in them, and come back.

use std::path::Path;

use serde_json::{Value, json};
use testkit::{
    cli::{binary::until, small},
    operator::{Site, admin, rights},
};

use super::{ORIGINAL, alone, declared, number_of, phone, phone_of, until_phone};

const KINDS: [&str; 3] =
    ["tenants.tenantcontacts.dev", "organizationcontacts.tenantcontacts.dev", "usercontacts.tenantcontacts.dev"];

/// The Lease of the operators of a release.
const LEASE: &str = "tenant-contacts";

/// How many renewals are waited for: 4.5 s with a lease of 6 s.
const RENEWALS: usize = 3;

/// Most requests in vain meanwhile. Without longer and longer waits there would be hundreds; with them (0.8 s, then doubled)
/// there are three or four.
const PATIENT: usize = 10;

fn delete(site: &Site, definitions: &[&str]) {
    site.kubectl.call(&[&["delete", "crd", "--timeout=90s"], definitions].concat()).ok();
}

fn bring_back(site: &Site) {
    let crds = Path::new(env!("CARGO_MANIFEST_DIR")).join("crds");
    let crds = crds.to_str().unwrap();
    site.kubectl.call(&["apply", "--server-side", "-f", crds]).ok();
    site.kubectl.call(&["wait", "--for=condition=Established", "--timeout=60s", "-f", crds]).ok();
}

/// Requests of the operator that found no such resource.
fn in_vain(request: &Value) -> bool {
    request["responseStatus"]["code"] == 404 && request["verb"] != "get"
}

/// Renewals of the leader's lease: each a quarter of its duration after the one before, so that they are a clock that a slow
/// machine slows down as well.
fn renewal(request: &Value) -> bool {
    request["objectRef"]["resource"] == "leases" && request["objectRef"]["name"] == LEASE && request["verb"] == "update"
}

/// How many of the operator's requests so far are such.
fn count(site: &Site, such: fn(&Value) -> bool) -> usize {
    rights::requests(&site.plane, &site.release).iter().filter(|request| such(request)).count()
}

#[test]
fn a_definition_that_goes_takes_its_objects_along_and_stops_no_other_kind() {
    let site = alone("definition");
    let mut operator = site.operator(&["--lease-duration", "6s", "--request-timeout", "3s"]);
    declared(&site);
    site.apply(small::ORGANIZATION);
    site.apply(&small::tenant("[Organization, Users]", "  interval: 10s"));
    site.ready("organizationcontacts", "contoso", "True InSync");

    // It ends only when every object in it has ended: `bob` when his phone is as it was.
    delete(&site, &KINDS[2..]);
    assert_eq!(phone(&site, "bob"), ORIGINAL);
    assert_eq!(phone(&site, "ann"), "+1 425 555 0101", "Orphan leaves");
    let wanted = site.office.organization()["technicalNotificationMails"].clone();
    site.office.simulator.disturb_organization(json!({"technicalNotificationMails": []}).as_object().unwrap()).unwrap();
    until("the recipients are put back", || site.office.organization()["technicalNotificationMails"] == wanted);

    // While it looks for the kind it does not hammer: a watch that fails is tried again after longer and longer waits.
    let before = (count(&site, in_vain), count(&site, renewal));
    until("the lease is renewed a few times", || count(&site, renewal) >= before.1 + RENEWALS);
    let asked = count(&site, in_vain) - before.0;
    assert!(asked <= PATIENT, "asked {asked} times in {RENEWALS} renewals for a kind that is not there");
    assert!(!operator.ended());
}

#[test]
fn all_definitions_go_with_all_objects_and_when_they_come_back_the_operator_goes_on() {
    let site = alone("definitions");
    let mut operator = site.operator(&[]);
    declared(&site);
    delete(&site, &KINDS);
    assert!(!operator.ended());
    // Whether the Tenant or his object went first is chance; either way nobody waits.
    let left = phone(&site, "bob");
    assert!(left == ORIGINAL || left == "+1 425 555 0155", "{left}");
    if left != ORIGINAL {
        operator.says(&["released without restoring", "UserContact"]);
    }

    bring_back(&site);
    site.apply(&small::tenant("[Users]", "  interval: 10s"));
    site.apply(&small::contact("eve", &phone_of(3)));
    until_phone(&site, "eve", &number_of(3));
    site.ready("usercontact", "eve", "True InSync");
}

#[test]
fn an_operator_that_starts_before_its_definitions_says_which_are_missing_and_goes_on_as_they_come() {
    let site = alone("missing");
    let gone =
        ["usercontacts.tenantcontacts.dev", "contactpolicies.tenantcontacts.dev", "contactreports.tenantcontacts.dev"];
    delete(&site, &gone);
    let mut operator = site.operator(&[]);
    site.apply(small::SECRET);
    site.apply(&small::tenant("[Organization, Users]", "  interval: 10s"));
    site.apply(small::ORGANIZATION);
    operator.says(&["ERROR", "cannot be listed", "UserContact", "CustomResourceDefinition", "nothing is planned"]);
    operator.says(&["ERROR", "cannot be listed", "ContactPolicy", "no ContactPolicy counts"]);
    let ready = admin(&operator, "/readyz");
    assert!(ready.starts_with("HTTP/1.1 503"), "{ready}");
    for line in ["UserContact in missing", "ContactPolicy in missing", "the API server answers 404"] {
        assert!(ready.contains(line), "{line} in {ready}");
    }
    assert!(!ready.contains("Tenant in"), "it is there: {ready}");
    assert!(site.office.written().is_empty(), "what is not seen may only not be there yet");

    // An upgrade that brings the kinds that bear on writes, and not those of the report: the tenant is kept.
    bring_back_only(&site, "usercontacts");
    site.ready("organizationcontacts", "contoso", "True InSync");
    site.apply(&small::contact("ann", &phone_of(7)));
    until_phone(&site, "ann", &number_of(7));
    let ready = admin(&operator, "/readyz");
    assert!(ready.starts_with("HTTP/1.1 503") && !ready.contains("UserContact in"), "{ready}");
    operator.says(&["the report could not be published", "CustomResourceDefinition of ContactReport"]);

    bring_back(&site);
    site.ready("contactreport", "contoso", "True Reported");
    until("it is ready", || admin(&operator, "/readyz").starts_with("HTTP/1.1 200"));
    assert!(!operator.ended());
}

fn bring_back_only(site: &Site, kind: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("crds").join(format!("{kind}.yaml"));
    let file = file.to_str().unwrap();
    site.kubectl.call(&["apply", "--server-side", "-f", file]).ok();
    site.kubectl.call(&["wait", "--for=condition=Established", "--timeout=60s", "-f", file]).ok();
}
