//! Deleting in the wrong order, and everything at once: what could still put originals back is gone before it is done.

use serde_json::json;
use testkit::cli::small;

use super::deletion::{ORIGINAL, QUICK, gone, phone, told, written, written_by};

#[test]
fn a_child_whose_tenants_secret_went_first_is_let_go_when_its_time_is_up_and_says_why() {
    let (site, operator) = written_by("secret-first", &QUICK);
    site.kubectl(&["delete", "secret", "app"]).ok();
    site.ready("tenant", "contoso", "False CredentialsNotFound");
    site.kubectl(&["delete", "usercontact", "bob", "--timeout=90s"]).ok();
    assert_eq!(phone(&site), "+1 425 555 0155", "nobody is left who may put it back");
    operator.says(&["releasedUnrestored", "UserContact", "CredentialsNotFound"]);
    told(&site, "NotRestored", "CredentialsNotFound");
    // Under Orphan nobody waits.
    site.kubectl(&["delete", "usercontact", "ann", "--timeout=10s"]).ok();
}

#[test]
fn a_secret_that_comes_back_in_time_brings_the_original_back() {
    let (site, _operator) = written("secret-back");
    site.kubectl(&["delete", "secret", "app"]).ok();
    site.ready("tenant", "contoso", "False CredentialsNotFound");
    site.kubectl(&["delete", "usercontact", "bob", "--wait=false"]).ok();
    site.apply(small::SECRET);
    gone(&site, "bob");
    assert_eq!(phone(&site), ORIGINAL);
}

#[test]
fn tenant_secret_and_child_that_go_together_while_the_operator_is_down_are_let_go_with_a_word() {
    let (site, operator) = written("together-down");
    operator.terminate();
    assert_eq!(operator.end().0, Some(0));
    site.kubectl(&["delete", "tenant/contoso", "secret/app", "usercontact/bob", "usercontact/ann", "--wait=false"])
        .ok();
    assert!(site.object("usercontact", "bob").is_some(), "it waits for the operator");
    let operator = site.operator(&[]);
    gone(&site, "bob");
    assert_eq!(phone(&site), "+1 425 555 0155");
    operator.says(&["released without restoring", "UserContact"]);
    told(&site, "NotRestored", "Tenant does not exist");
}

#[test]
fn a_namespace_that_goes_while_the_operator_is_down_waits_for_it_and_no_longer() {
    let (site, operator) = written("namespace-down");
    let site = site.expecting_refusals(); // no event can be made in it any more
    operator.terminate();
    assert_eq!(operator.end().0, Some(0));
    site.kubectl.call(&["delete", "namespace", &site.namespace, "--wait=false"]).ok();
    let still = "--for=jsonpath={.status.conditions[?(@.type==\"NamespaceFinalizersRemaining\")].status}=True";
    site.kubectl.call(&["wait", still, "namespace", &site.namespace, "--timeout=60s"]).ok();
    let operator = site.operator(&[]);
    site.kubectl.call(&["wait", "--for=delete", "namespace", &site.namespace, "--timeout=90s"]).ok();
    assert_eq!(phone(&site), "+1 425 555 0155");
    operator.says(&["released without restoring", "UserContact"]);
}

#[test]
fn a_child_that_is_deleted_and_made_anew_takes_its_first_original_along() {
    let (site, _operator) = written("anew");
    site.kubectl(&["delete", "usercontact", "bob", "--timeout=60s"]).ok();
    assert_eq!(phone(&site), ORIGINAL);
    site.apply(&small::contact("bob", "  deletionPolicy: Restore\n  mobilePhone: {value: \"+1 425 555 0166\"}"));
    site.ready("usercontact", "bob", "True InSync");
    assert_eq!(phone(&site), "+1 425 555 0166");
    site.kubectl(&["delete", "usercontact", "bob", "--timeout=60s"]).ok();
    assert_eq!(phone(&site), ORIGINAL);
    let journal = site.office.journal();
    let phones: Vec<_> = journal
        .iter()
        .flat_map(|entry| &entry.changes)
        .filter(|change| change.property == "mobilePhone" && change.after != json!("+1 425 555 0101"))
        .map(|change| change.after.clone())
        .collect();
    assert_eq!(phones, ["+1 425 555 0155", ORIGINAL, "+1 425 555 0166", ORIGINAL], "each once, in this order");
}
