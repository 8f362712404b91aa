//! Restore gives back exactly what was there: lists in their order, and nothing where there was nothing.

use serde_json::{Value, json};
use tenant_contacts_simulator::Options;
use testkit::{
    cli::{binary::until, small},
    operator::Site,
};

use super::deletion::gone;

/// A seed with lists that are in no order, in letters of both cases, and with what is not there.
fn seed() -> String {
    let seed = small::SEED.replace("[gone@contoso.com]", "[NOC@contoso.com, bob@contoso.com, ann@contoso.com]");
    let bob = "{upn: bob@contoso.com, mobilePhone: \"+1 425 555 0102\"}";
    let lists = "{upn: bob@contoso.com, otherMails: [zoe@example.org, Bob@Example.net, amy@example.org]}";
    let changed = seed.replace(bob, lists);
    assert!(changed.contains("NOC@") && changed.contains("zoe@"));
    changed
}

const ANN: &str = "  deletionPolicy: Restore
  mobilePhone: {value: \"+1 425 555 0101\"}
  businessPhone: {value: \"+1 425 555 0111\"}";
const BOB: &str = "  deletionPolicy: Restore
  mobilePhone: {value: \"+1 425 555 0155\"}
  alternateEmails: {mode: Exact, values: [{value: bob@example.net}, {value: new@example.org}]}";

/// Enough for what is declared here: mass change is another matter.
const LIMITS: &str = "  guardRails: {massChange: {objects: 100}}";

#[test]
fn lists_come_back_in_their_order_and_what_was_not_there_is_not_there_again() {
    let site = Site::with("originals", &seed(), Options::default());
    let _operator = site.operator(&[]);
    let originals = |site: &Site| -> Vec<Value> {
        let (ann, bob) = (site.office.user("ann@contoso.com"), site.office.user("bob@contoso.com"));
        // The directory shows a list that was never set as an empty one.
        let phones = ann["businessPhones"].as_array().cloned().unwrap_or_default();
        vec![ann["mobilePhone"].clone(), json!(phones), bob["mobilePhone"].clone(), bob["otherMails"].clone()]
    };
    let before = (originals(&site), site.office.organization()["technicalNotificationMails"].clone());
    assert_eq!(before.0[0], Value::Null, "there is none");
    assert_eq!(before.0[3], json!(["zoe@example.org", "Bob@Example.net", "amy@example.org"]));

    site.apply(small::SECRET);
    site.apply(&small::tenant("[Organization, Users]", LIMITS));
    site.apply(&small::contact("ann", ANN));
    site.apply(&small::contact("bob", BOB));
    site.apply(&format!("{}  deletionPolicy: Restore\n", small::ORGANIZATION));
    for (kind, name) in [("usercontact", "ann"), ("usercontact", "bob"), ("organizationcontacts", "contoso")] {
        site.ready(kind, name, "True InSync");
    }
    let after = (originals(&site), site.office.organization()["technicalNotificationMails"].clone());
    assert!(before.0.iter().zip(&after.0).all(|(before, after)| before != after), "{after:?}");
    assert_ne!(before.1, after.1);

    site.kubectl(&["delete", "usercontacts,organizationcontacts", "--all", "--wait=false"]).ok();
    // What was there comes back by itself; taking a value away, even one of ours, is for a person to approve.
    let plan = || site.object("tenant", "contoso").unwrap()["status"]["plan"].clone();
    until("the three phones that were not there wait for an approval", || plan()["gated"] == 3);
    let approval = format!(
        "{LIMITS}\n  approvals: [{{hash: {}, by: helena.marsh, until: \"2999-01-01T00:00:00Z\"}}]",
        plan()["approvalHash"].as_str().unwrap()
    );
    site.apply(&small::tenant("[Organization, Users]", &approval));
    gone(&site, "ann");
    gone(&site, "bob");
    until("the recipients are let go", || site.object("organizationcontacts", "contoso").is_none());
    assert_eq!(before, (originals(&site), site.office.organization()["technicalNotificationMails"].clone()));
}
