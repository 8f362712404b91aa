//! CustomResourceDefinitions that are deleted with objects in them, and come back.

use std::{path::Path, thread, time::Duration};

use serde_json::json;

use super::{API_SERVER, ORIGINAL, declared, number_of, phone, phone_of, site, until_phone};
use crate::{
    cli::{binary::until, small},
    cluster::ControlPlane,
    operator::{Site, rights},
};

const KINDS: [&str; 3] =
    ["tenants.tenantcontacts.dev", "organizationcontacts.tenantcontacts.dev", "usercontacts.tenantcontacts.dev"];

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
fn in_vain(site: &Site) -> usize {
    let requests = rights::requests(ControlPlane::shared(), &site.release);
    requests.iter().filter(|request| request["responseStatus"]["code"] == 404 && request["verb"] != "get").count()
}

#[test]
fn a_definition_that_goes_takes_its_objects_along_and_stops_no_other_kind() {
    let _mine = API_SERVER.write().unwrap();
    let site = site("definition");
    let mut operator = site.operator(&[]);
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
    let before = in_vain(&site);
    thread::sleep(Duration::from_secs(5)); // what is measured is a rate
    let asked = in_vain(&site) - before;
    assert!(asked <= 10, "asked {asked} times in 5 s for a kind that is not there");
    assert!(!operator.ended());
}

#[test]
fn all_definitions_go_with_all_objects_and_when_they_come_back_the_operator_goes_on() {
    let _mine = API_SERVER.write().unwrap();
    let site = site("definitions");
    let mut operator = site.operator(&[]);
    declared(&site);
    delete(&site, &KINDS);
    assert!(!operator.ended());
    // Whether the Tenant or his object went first is chance; either way nobody waits.
    let left = phone(&site, "bob");
    assert!(left == ORIGINAL || left == "+1 425 555 0155", "{left}");
    if left != ORIGINAL {
        operator.says(&["let go without putting back", "UserContact"]);
    }

    bring_back(&site);
    site.apply(&small::tenant("[Users]", "  interval: 10s"));
    site.apply(&small::contact("eve", &phone_of(3)));
    until_phone(&site, "eve", &number_of(3));
    site.ready("usercontact", "eve", "True InSync");
}
