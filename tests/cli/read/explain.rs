//! `explain`: who gets nothing, of which kind, and what is kept private.

use serde_json::Value;
use tenant_contacts_api::notice::Category;
use testkit::cli::binary;

use super::reader::{contoso, embedded, served};

/// The kinds of notices that nobody in the example company gets (F1, B1; examples/contoso/README.md).
const NOBODY: [Category; 2] = [Category::PasswordResetRequest, Category::PartnerVerification];

/// The private alternate email of somebody who gets the invoices (A1).
pub const PRIVATE: &str = "marcus.oyelaran.private@gmail.com";

/// Categories by what is said of their reach.
fn reaching(view: &Value, reach: &str) -> Vec<String> {
    let categories = view["categories"].as_array().unwrap().iter().filter(|one| one["reach"] == reach);
    categories.map(|one| one["category"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn f1_without_any_manifest_it_names_the_notices_that_nobody_gets() {
    let answer = embedded(&["explain"]);
    assert_eq!((answer.code, answer.err.as_str()), (2, ""), "{answer:#?}");
    for category in NOBODY {
        let line = format!("({category}): nobody receives them");
        assert!(answer.out.contains(&line), "{line}: {}", answer.out);
    }
    let json = embedded(&["explain", "-o", "json"]).json();
    let mut nobody = reaching(&json[0], "Nobody");
    nobody.sort();
    let mut expected = NOBODY.map(|category| category.to_string());
    expected.sort();
    assert_eq!(nobody, expected);
}

/// An unread business email may be notified of outages.
#[test]
fn a8_where_others_may_be_notified_it_says_that_nobody_known_is() {
    let answer = embedded(&["explain"]);
    let line = "(ServiceAndTechnical): nobody who can be read receives them; others that cannot be read may";
    let flowing = answer.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flowing.contains(line) && flowing.contains("NOBODY KNOWN"), "{}", answer.out);
    let json = embedded(&["explain", "-o", "json"]).json();
    assert_eq!(reaching(&json[0], "NobodyKnown"), ["ServiceAndTechnical"]);
    assert_eq!(json[0]["summary"]["nobodyKnown"], 1);
}

#[test]
fn a_served_tenant_gives_the_answer_of_the_embedded_one() {
    let office = contoso();
    let served = served(&office, &["explain", "-o", "json"]);
    assert_eq!(served.code, 2, "{}", served.err);
    let (served, embedded) = (served.json(), embedded(&["explain", "-o", "json"]).json());
    for part in ["categories", "gaps", "summary"] {
        assert_eq!(served[0][part], embedded[0][part], "{part}");
    }
}

#[test]
fn one_kind_of_notice_is_shown_alone_and_in_depth() {
    let billing = embedded(&["explain", "billing"]);
    assert_eq!(billing.code, 2, "{billing:#?}");
    assert!(
        billing.out.contains("(Billing): ") && billing.out.contains("is list Supplier Invoices"),
        "{}",
        billing.out
    );
    for other in Category::ALL.iter().filter(|category| **category != Category::Billing) {
        assert!(!billing.out.contains(&format!("({other})")), "{other}: {}", billing.out);
    }
    let json = embedded(&["explain", "Billing", "-o", "json"]).json();
    assert_eq!(json[0]["categories"].as_array().unwrap().len(), 1);
}

#[test]
fn a_private_alternate_email_is_masked_unless_it_is_asked_for() {
    for form in ["text", "json", "markdown", "sarif", "junit", "html"] {
        let call = |more: &[&str]| embedded(&[&["explain", "-o", form], more].concat()).out;
        let (masked, shown) = (call(&[]), call(&["--show-private"]));
        assert!(!masked.contains(PRIVATE), "{form} shows it");
        assert!(masked.contains("m***@gmail.com"), "{form} does not say that there is one");
        assert!(shown.contains(PRIVATE), "{form} does not show it when asked");
    }
}

/// Manifests vouch for what no interface shows: with them `explain` says of each notice what `plan`, and so `demo`, begins from.
#[test]
fn c11_explain_with_the_manifests_says_what_the_demonstration_says() {
    let manifests = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/contoso");
    let plan = binary::call(["plan", "--simulate", "--manifests", manifests, "-o", "json"]).json();
    let explained = binary::call(["explain", "--simulate", "--manifests", manifests, "-o", "json"]).json();
    let consequences = plan[0]["consequences"].as_array().unwrap();
    assert!(!consequences.is_empty());
    for consequence in consequences {
        let category = consequence["category"].as_str().unwrap();
        let all = explained[0]["categories"].as_array().unwrap();
        let said = all.iter().find(|one| one["category"] == category).unwrap();
        assert_eq!(said["reach"], consequence["before"], "{category}");
        let people = said["certain"].as_array().unwrap().len();
        assert_eq!(Value::from(people), consequence["peopleBefore"], "{category}");
    }
}
