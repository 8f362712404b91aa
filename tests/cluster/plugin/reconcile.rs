//! `reconcile`: asks, waits, and says what it came to.

use serde_json::json;
use testkit::{
    cli::{binary::until, small},
    operator::Site,
};

use super::call::plugin;

#[test]
fn a_pass_comes_when_it_is_asked_for_and_the_answer_is_what_it_came_to() {
    let site = Site::open("plugin-reconcile");
    site.apply(&small::tenant("[Users]", "  interval: 10h"));
    site.apply(&small::contact("bob", small::BOB));
    let nobody = plugin(&site, &["reconcile", "--timeout", "1s"]);
    assert_eq!(nobody.code, Some(1), "{nobody:#?}");
    assert!(nobody.err.contains("waiting for the operator, 0 s\n"), "plain lines: {}", nobody.err);
    assert!(nobody.err.contains("no operator has answered within 1 s"), "{}", nobody.err);

    let _operator = site.operator(&[]);
    site.ready("tenant", "contoso", "False CredentialsNotFound");
    let wrong = plugin(&site, &["reconcile"]);
    assert_eq!(wrong.code, Some(1), "{wrong:#?}");
    assert!(wrong.out.contains("Ready=False CredentialsNotFound"), "{}", wrong.out);

    site.apply(small::SECRET);
    site.ready("tenant", "contoso", "True InSync");
    let quiet = plugin(&site, &["reconcile"]);
    assert_eq!(quiet.code, Some(0), "{quiet:#?}");
    assert!(quiet.out.contains("Ready=True InSync"), "{}", quiet.out);

    // The next pass of its own would come in hours.
    site.office.disturb("bob@contoso.com", &json!({"mobilePhone": "+1 425 555 0177"}));
    let put_back = plugin(&site, &["reconcile", "--tenant", "contoso"]);
    assert_eq!(site.office.user("bob@contoso.com")["mobilePhone"], "+1 425 555 0102");
    // Two reads that agree lie five seconds apart; whoever is told later than that is told that it is done.
    let verifying = put_back.out.contains("Ready=False AwaitingReplication");
    assert_eq!(put_back.code, Some(if verifying { 2 } else { 0 }), "{put_back:#?}");
    until("it is verified", || plugin(&site, &["reconcile"]).code == Some(0));

    site.apply(&small::contact("ada", small::ADA));
    until("it waits for an approval", || {
        let answer = plugin(&site, &["reconcile", "--output", "json"]);
        answer.code == Some(2)
            && serde_json::from_str::<serde_json::Value>(&answer.out).unwrap()[0]["approvalHash"].is_string()
    });
}
