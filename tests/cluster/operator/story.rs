//! The common story: applied, written, approved, drifted, put back, withdrawn.

use serde_json::json;
use testkit::{
    cli::{binary::until, small},
    operator::Site,
};

/// The shortest interval that a Tenant may have.
const OFTEN: &str = "  interval: 10s";

#[test]
fn what_is_applied_is_written_approved_and_kept() {
    let site = Site::open("story");
    let operator = site.operator(&[]);
    site.apply(&small::tenant("[Organization, Users]", OFTEN));
    site.apply(small::SECRET);
    site.apply(small::ORGANIZATION);
    for (name, fields) in [("ann", small::ANN), ("bob", small::BOB), ("ada", small::ADA), ("sam", small::SAM)] {
        site.apply(&small::contact(name, fields));
    }
    site.ready("usercontact", "ann", "True InSync");
    site.ready("usercontact", "bob", "True InSync");
    site.ready("usercontact", "ada", "False PrivilegedRecoveryData");
    site.ready("usercontact", "sam", "False SynchronisedOnPremises");
    assert_eq!(site.office.user("ann@contoso.com")["otherMails"], json!(["ann.home@example.org"]));
    assert_eq!(site.office.user("ada@contoso.com")["otherMails"], json!(["ada.old@example.org"]));

    let hash = site.approval_hash();
    let approval =
        format!("{OFTEN}\n  approvals: [{{hash: {hash}, by: helena.marsh, until: \"2999-01-01T00:00:00Z\"}}]");
    site.apply(&small::tenant("[Organization, Users]", &approval));
    site.ready("usercontact", "ada", "True InSync");
    site.ready("organizationcontacts", "contoso", "True InSync");
    assert_eq!(site.office.user("ada@contoso.com")["otherMails"], json!(["ada.new@example.net"]));

    site.office.disturb("bob@contoso.com", &json!({"mobilePhone": "+1 425 555 0177"}));
    until("the phone is put back", || site.office.user("bob@contoso.com")["mobilePhone"] == "+1 425 555 0102");
    operator.terminate();
    let (code, said) = operator.end();
    assert_eq!(code, Some(0), "{said:#?}");
}
