//! The form for programs, its schema, and what it keeps private.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use tenant_contacts_api::notice::{Arrival, Category, Reach};
use tenant_contacts_core::answer::{Answer, HopKind, NodeKind};
use tenant_contacts_report::explain::{self, Options};

use crate::scene;

fn file(verb: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../docs/schemas/{verb}.schema.json"))
}

pub fn published() -> String {
    fs::read_to_string(file("explain")).unwrap_or_default()
}

/// Validates against a schema; says what is wrong.
pub fn validate(schema: &str, instance: &Value) -> Result<(), String> {
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    compiler.add_resource("file:///schema.json", serde_json::from_str(schema).unwrap()).unwrap();
    let index = compiler.compile("file:///schema.json", &mut schemas).unwrap();
    schemas.validate(instance, index).map_err(|error| format!("{error:#}"))
}

#[test]
fn c9_the_published_schemas_are_those_of_the_types() {
    for (verb, schema) in tenant_contacts_report::schemas() {
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if std::env::var_os("WRITE_GENERATED").is_some() {
            fs::create_dir_all(file(verb).parent().unwrap()).unwrap();
            // In one step: the other tests read it at the same time.
            let fresh = file(verb).with_extension("new");
            fs::write(&fresh, &text).unwrap();
            fs::rename(&fresh, file(verb)).unwrap();
        }
        assert_eq!(
            fs::read_to_string(file(verb)).unwrap_or_default(),
            text,
            "{verb}: run `WRITE_GENERATED=1 cargo test -p tenant-contacts-report --test explain` and commit"
        );
    }
}

#[test]
fn every_answer_is_valid_against_the_published_schema() {
    for answer in [Answer::default(), scene::contoso(), scene::hostile(), scene::large(50)] {
        let json = explain::json(&answer, &Options::default());
        assert_eq!(json["schemaVersion"], 2);
        validate(&published(), &json!([json])).unwrap_or_else(|error| panic!("{error}"));
    }
    let mut wrong = explain::json(&scene::contoso(), &Options::default());
    validate(&published(), &wrong).expect_err("the program prints a list");
    wrong["categories"][0]["reach"] = "Everybody".into();
    validate(&published(), &json!([wrong])).unwrap_err();
}

#[test]
fn an_alternate_address_outside_is_masked_wherever_it_is_named() {
    let options = Options::default();
    let masked = explain::json(&scene::contoso(), &options).to_string() + &explain::text(&scene::contoso(), &options);
    assert!(!masked.contains("anna.a@gmail.com"), "{masked}");
    assert!(masked.contains("a***@gmail.com is at a free-mail service"), "{masked}");
    // What stands in the organization's own contact state is the answer.
    assert!(masked.contains("dpo@lawfirm.example") && masked.contains("anna.adams@contoso.com"));
    let whole = explain::json(&scene::contoso(), &Options { show_private: true, ..options }).to_string();
    assert!(whole.contains("anna.a@gmail.com"));
}

#[test]
fn a_free_mail_address_that_mail_is_forwarded_to_is_masked_and_a_company_s_is_not() {
    let mut scene = scene::Scene::new("Contoso");
    let mailbox = scene.node(NodeKind::Mailbox("anton".into()), "Anton", None, Arrival::Unknown);
    for address in ["anton.private@gmail.com", "desk@agency.example"] {
        let outside = scene.node(NodeKind::Outside(address.into()), address, None, Arrival::Unknown);
        scene.hop(mailbox, HopKind::Forwards, outside);
    }
    let chosen = scene.chosen(&[mailbox]);
    scene.category(Category::Marketing, Reach::Unknown, vec![chosen], &[]);
    let options = Options::default();
    let shown = explain::json(&scene.answer, &options).to_string();
    assert!(!shown.contains("anton.private") && shown.contains("a***@gmail.com"), "{shown}");
    assert!(shown.contains("desk@agency.example"), "{shown}");
    let whole = explain::json(&scene.answer, &Options { show_private: true, ..options }).to_string();
    assert!(whole.contains("anton.private@gmail.com"));
}

#[test]
fn one_category_has_its_own_nodes_and_findings_only_and_ids_stay() {
    let all = explain::json(&scene::contoso(), &Options::default());
    let one = Options { category: Some(Category::SecurityAndCompliance), ..Options::default() };
    let one = explain::json(&scene::contoso(), &one);
    assert_eq!(one["categories"].as_array().unwrap().len(), 1);
    assert_eq!(one["findings"].as_array().unwrap().len(), 2);
    // What notices come to at a place is a question of which notices.
    let places = |view: &Value| -> Vec<Value> {
        let mut nodes = view["nodes"].as_array().unwrap().clone();
        for node in &mut *nodes {
            node.as_object_mut().unwrap().remove("outcome");
        }
        nodes
    };
    let (nodes, all) = (places(&one), places(&all));
    assert!(nodes.len() < all.len());
    for node in nodes {
        assert!(all.contains(&node), "{node}");
    }
    assert_eq!(one["headline"], "Security and compliance notices: nobody receives them.");
}

#[test]
fn equal_answers_give_equal_bytes() {
    let [one, two] = [(); 2].map(|()| explain::json(&scene::contoso(), &Options::default()).to_string());
    assert_eq!(one, two);
}

#[test]
fn e4_evidence_is_told_of_each_place_by_sender_and_where_there_is_none_it_is_left_out() {
    let json = explain::json(&scene::contoso(), &Options::default());
    let nodes = json["nodes"].as_array().unwrap();
    let told: Vec<_> = nodes.iter().filter(|node| node.get("evidence").is_some()).collect();
    assert_eq!(told.len(), 2, "the address and the mailbox");
    let wanted = json!({"sender": "microsoft-noreply@microsoft.com", "status": "Quarantined",
        "says": "quarantined", "lost": true, "received": "2026-10-01T07:00:00Z"});
    assert_eq!(told[0]["evidence"][1], wanted);
}
