//! `docs/reasons/` and `docs/reference/` against the types they speak of.
//!
//! The generated pages are written anew with `WRITE_GENERATED=1 cargo test -p tenant-contacts-api --test docs`.

#![allow(clippy::unwrap_used, clippy::panic)] // a test fails by panicking, its helpers as well

use std::{collections::BTreeSet, fmt::Write as _, fs, path::PathBuf};

use serde_json::Value;
use tenant_contacts_api::{
    address::{ADDRESS_PATTERN, FREE_MAIL_DOMAINS},
    crds,
    duration::DURATION_PATTERN,
    reason::{Handling, Reason},
    v1alpha1::patterns,
};

fn docs(path: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs")).join(path)
}

/// Compares a generated page with the committed one, or writes it.
fn generated(path: &str, text: &str) {
    let file = docs(path);
    if std::env::var_os("WRITE_GENERATED").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == text,
        "docs/{path} differs from the types: run `WRITE_GENERATED=1 cargo test -p tenant-contacts-api --test docs` and commit"
    );
}

fn pages(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(docs(folder)).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    entries.filter(|name| name != "README.md").collect()
}

fn handling(reason: Reason) -> &'static str {
    match reason.handling() {
        Handling::Fine => "nobody",
        Handling::Progress => "the operator",
        Handling::Approval => "whoever approves",
        Handling::Stalled => "whoever commits or grants",
    }
}

#[test]
fn every_reason_has_a_page_and_every_page_a_reason() {
    let expected: BTreeSet<String> = Reason::ALL.iter().map(|reason| format!("{reason}.md")).collect();
    assert_eq!(pages("reasons"), expected);
}

#[test]
fn every_page_says_what_it_is_what_to_do_and_who_acts() {
    for reason in Reason::ALL {
        let page = fs::read_to_string(docs(&format!("reasons/{reason}.md"))).unwrap();
        assert!(page.starts_with(&format!("# {reason}\n")), "{reason}: title");
        for section in ["## What you see\n", "## What to do\n", "## What the operator does meanwhile\n", "```"] {
            assert!(page.contains(section), "{reason}: {section:?}");
        }
        let acts = match reason.handling() {
            Handling::Fine => "*Nobody has to act",
            Handling::Progress => "*The operator goes on by itself",
            Handling::Approval => "*Somebody approves",
            Handling::Stalled => "*Only a commit or a grant",
        };
        assert!(page.contains(acts), "{reason}: who acts");
        let lines = page.lines().count();
        assert!((10..=35).contains(&lines), "{reason}: {lines} lines");
    }
}

/// A page must not teach a command that does not exist.
#[test]
fn pages_use_known_verbs_only() {
    let verbs =
        ["run", "demo", "plan", "apply", "approve", "suspend", "resume", "reconcile", "check", "simulate", "crds"];
    for name in pages("reasons") {
        let page = fs::read_to_string(docs("reasons").join(&name)).unwrap();
        for line in page.lines().filter_map(|line| line.strip_prefix("tenant-contacts ")) {
            let verb = line.split(' ').next().unwrap();
            assert!(verbs.contains(&verb), "{name}: {line}");
        }
    }
}

#[test]
fn the_index_of_reasons_is_the_list_itself() {
    let mut text = "# Reasons\n\nWhy a condition has its value, or why something was not done: a closed list. \
                    Conditions, events, metrics and the command line use the same names.\n\n\
                    | Reason | Who acts | What to do |\n|---|---|---|\n"
        .to_owned();
    for reason in Reason::ALL {
        writeln!(text, "| [{reason}]({reason}.md) | {} | {} |", handling(*reason), reason.remedy()).unwrap();
    }
    generated("reasons/README.md", &text);
}

#[test]
fn the_reference_is_the_schema() {
    let mut kinds = BTreeSet::new();
    for crd in crds::all() {
        let kind = crd.spec.names.kind.clone();
        let json =
            serde_json::to_value(crd.spec.versions[0].schema.as_ref().unwrap().open_api_v3_schema.as_ref().unwrap())
                .unwrap();
        let names = &crd.spec.names;
        let short = names.short_names.iter().flatten().fold(String::new(), |text, name| text + ", `" + name + "`");
        let mut text = format!(
            "# {kind}\n\n{}\n\n`apiVersion: {}`; names for kubectl: `{}`{short}. A field that is left out is not managed.\n\n\
             | Field of `spec` | Type | Required | Rule | Meaning |\n|---|---|---|---|---|\n",
            json["description"].as_str().unwrap(),
            tenant_contacts_api::API_VERSION,
            names.plural,
        );
        rows("", &json["properties"]["spec"], &mut text);
        generated(&format!("reference/{kind}.md"), &text);
        kinds.insert(format!("{kind}.md"));
    }
    assert_eq!(pages("reference"), kinds);
}

fn rows(prefix: &str, schema: &Value, text: &mut String) {
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{prefix}{name}");
        let rules = rules(property).join("; ");
        let meaning = property["description"].as_str().unwrap_or_default();
        let needed = if required.contains(&name.as_str()) { "yes" } else { "" };
        let row = format!("| `{path}` | {} | {needed} | {rules} | {meaning} |", kind(property));
        *text += &(row.replace("  ", " ") + "\n");
        rows(&format!("{path}."), property, text);
        if let Some(items) = property.get("items") {
            rows(&format!("{path}[]."), items, text);
        }
    }
}

fn kind(schema: &Value) -> String {
    match schema["type"].as_str().unwrap() {
        "array" => format!("list of {}s", kind(&schema["items"])),
        _ if schema.get("enum").is_some() => "word".to_owned(),
        _ if schema["format"] == "date-time" => "date and time".to_owned(),
        other => other.to_owned(),
    }
}

/// The rules of a node and of the plain items of a list, in words.
fn rules(schema: &Value) -> Vec<String> {
    let mut rules = Vec::new();
    let list = |values: &Value| {
        values
            .as_array()
            .unwrap()
            .iter()
            .map(|word| format!("`{}`", word.as_str().unwrap()))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let bounds = |least: &str, most: &str, what: &str| match (schema.get(least), schema.get(most)) {
        (Some(least), Some(most)) => Some(format!("{least} to {most}{what}")),
        (Some(least), None) => Some(format!("at least {least}{what}")),
        (None, Some(most)) => Some(format!("at most {most}{what}")),
        (None, None) => None,
    };
    rules.extend(schema.get("enum").map(|values| format!("one of {}", list(values))));
    rules.extend(bounds("minLength", "maxLength", " characters"));
    rules.extend(bounds("minItems", "maxItems", " items"));
    rules.extend(bounds("minimum", "maximum", ""));
    rules.extend(schema["pattern"].as_str().map(wording));
    rules.extend((schema["x-kubernetes-list-type"] == "set").then(|| "no item twice".to_owned()));
    rules.extend(schema["x-kubernetes-list-map-keys"].as_array().map(|keys| format!("one item per {}", keys[0])));
    rules.extend(schema.get("default").map(|value| format!("default `{value}`")));
    for rule in schema["x-kubernetes-validations"].as_array().into_iter().flatten() {
        rules.push(rule["message"].as_str().unwrap().to_owned());
    }
    if schema["type"] == "array" && schema["items"]["properties"].is_null() {
        rules.extend(self::rules(&schema["items"]).into_iter().map(|rule| format!("each: {rule}")));
    } else if schema["type"] == "array" {
        let own = schema["items"]["x-kubernetes-validations"].as_array().into_iter().flatten();
        rules.extend(own.map(|rule| format!("each: {}", rule["message"].as_str().unwrap())));
    }
    rules
}

fn wording(pattern: &str) -> String {
    let words = match pattern {
        ADDRESS_PATTERN => "a mail address",
        DURATION_PATTERN => "as in `90s`, `10m`, `1h30m`",
        patterns::UUID => "an id of 36 characters",
        patterns::PHONE => "a phone number, in quotes",
        patterns::DATE => "a day, YYYY-MM-DD",
        patterns::DOMAIN => "a domain name",
        patterns::SIGN_IN_NAME => "one `@`, no blanks",
        patterns::HASH => "32 hexadecimal digits, in quotes",
        patterns::URL => "begins with http:// or https://",
        other => panic!("say {other} in words"),
    };
    words.to_owned()
}

#[test]
fn free_mail_domains_are_lower_case_and_listed_once() {
    let unique: BTreeSet<&str> = FREE_MAIL_DOMAINS.iter().copied().collect();
    assert_eq!(unique.len(), FREE_MAIL_DOMAINS.len());
    assert!(unique.iter().all(|domain| domain.contains('.') && !domain.contains(char::is_uppercase)));
}
