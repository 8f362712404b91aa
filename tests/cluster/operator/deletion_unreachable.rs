//! Deleting while the tenant cannot be reached: the original comes back when the tenant does, or is given up.

use testkit::operator::Site;

use super::deletion::{ORIGINAL, QUICK, gone, phone, told, written, written_by};

/// Deletes `bob` while nobody answers, and waits until that was noticed.
fn deleted_unreachable(site: &mut Site) {
    site.office.close();
    site.kubectl(&["delete", "usercontact", "bob", "--wait=false"]).ok();
    site.ready("tenant", "contoso", "False TenantUnreachable");
    assert!(site.object("usercontact", "bob").is_some(), "it waits for its original");
}

#[test]
fn a_tenant_that_is_reached_again_in_time_gets_its_original_back() {
    let (mut site, _operator) = written("unreachable-back");
    deleted_unreachable(&mut site);
    site.office.reopen();
    gone(&site, "bob");
    assert_eq!(phone(&site), ORIGINAL);
}

#[test]
fn a_tenant_that_is_never_reached_again_holds_nobody_up() {
    let (mut site, operator) = written_by("unreachable-for-ever", &QUICK);
    deleted_unreachable(&mut site);
    // Under Orphan nothing needs the tenant.
    site.kubectl(&["delete", "usercontact", "ann", "--timeout=10s"]).ok();
    gone(&site, "bob");
    operator.says(&["releasedUnrestored", "UserContact", "TenantUnreachable"]);
    told(&site, "NotRestored", "TenantUnreachable");
    site.office.reopen();
    assert_eq!(phone(&site), "+1 425 555 0155", "what was given up stays given up");
}

#[test]
fn the_time_goes_on_while_the_operator_is_down() {
    let (mut site, operator) = written_by("unreachable-down", &QUICK);
    deleted_unreachable(&mut site);
    operator.terminate();
    assert_eq!(operator.end().0, Some(0));
    let operator = site.operator(&QUICK);
    gone(&site, "bob");
    operator.says(&["releasedUnrestored", "UserContact", "TenantUnreachable"]);
}

#[test]
fn a_namespace_goes_as_a_whole_although_its_tenant_cannot_be_reached() {
    let (mut site, operator) = written("unreachable-namespace");
    site.office.close();
    let site = site.expecting_refusals(); // no event can be made in it any more
    site.kubectl.call(&["delete", "namespace", &site.namespace, "--timeout=90s"]).ok();
    operator.says(&["without restoring", "UserContact"]);
}
