//! The form for what shows tests, read by an XML parser.

use tenant_contacts_api::{notice::Category, rule::Rule};
use tenant_contacts_core::answer::Answer;
use tenant_contacts_report::explain::{self, Options};

use crate::scene;

fn count(suite: &roxmltree::Node<'_, '_>, name: &str) -> usize {
    suite.descendants().filter(|node| node.has_tag_name(name)).count()
}

#[test]
fn every_answer_is_well_formed_and_counts_what_it_holds() {
    for answer in [Answer::default(), scene::contoso(), scene::hostile(), scene::large(100)] {
        let text = explain::junit(&answer, &Options::default());
        let document = roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let suite = document.descendants().find(|node| node.has_tag_name("testsuite")).unwrap();
        let counted = [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")];
        for (attribute, element) in counted {
            assert_eq!(suite.attribute(attribute), Some(count(&suite, element).to_string().as_str()), "{attribute}");
        }
        assert_eq!(count(&suite, "testcase"), answer.categories.len() + Rule::ALL.len() + answer.gaps.len());
    }
}

#[test]
fn b2_what_is_lost_fails_and_of_what_it_cannot_be_said_is_an_error_with_what_would_tell() {
    let text = explain::junit(&scene::contoso(), &Options::default());
    let document = roxmltree::Document::parse(&text).unwrap();
    let case = |name: &str| {
        let found = document.descendants().find(|node| node.attribute("name") == Some(name)).unwrap();
        let child = found.children().find(roxmltree::Node::is_element);
        child.map(|child| {
            let text = child.text().unwrap_or_default();
            (child.tag_name().name().to_owned(), child.attribute("message").unwrap_or_default().to_owned() + text)
        })
    };
    let (kind, message) = case(Category::PasswordResetRequest.as_str()).unwrap();
    assert_eq!(kind, "failure");
    assert!(message.contains("no licence (Dora Dean)"), "{message}");
    let (kind, message) = case(Category::PartnerVerification.as_str()).unwrap();
    assert_eq!(kind, "error", "what is not known has not passed");
    assert!(message.contains("PartnerCenter"), "{message}");
    assert_eq!(case(Rule::ListRefusesExternalSenders.as_str()).unwrap().0, "failure");
    assert_eq!(case(Rule::DisabledRoleHolder.as_str()).unwrap().0, "system-out", "a warning is said and does not fail");
    assert_eq!(case(Rule::GuestRoleHolder.as_str()), None);
    let (kind, message) = case("the partner's legal profile").unwrap();
    assert_eq!(kind, "skipped");
    assert!(message.contains("Who is asked to verify the partner."), "{message}");
}

#[test]
fn of_one_kind_of_notices_no_rule_passes_that_was_not_asked() {
    let options = Options { category: Some(Category::SecurityAndCompliance), ..Options::default() };
    let text = explain::junit(&scene::contoso(), &options);
    let document = roxmltree::Document::parse(&text).unwrap();
    let rules = document.descendants().filter(|node| node.attribute("classname") == Some("tenant-contacts.rules"));
    let named: Vec<_> = rules.filter_map(|node| node.attribute("name")).collect();
    assert_eq!(named, ["ListRefusesExternalSenders", "NobodyBehindCategory"]);
}
