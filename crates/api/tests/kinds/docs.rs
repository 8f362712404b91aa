//! `docs/reasons/`, `docs/rules/`, `docs/obstacles/` and `docs/reference/` against the types they speak of.
//!
//! The generated pages are written anew with `WRITE_GENERATED=1 cargo test -p tenant-contacts-api --test kinds docs`.

use std::{collections::BTreeSet, fmt::Write as _, fs, path::PathBuf};

use serde_json::Value;
use tenant_contacts_api::{
    address::{ADDRESS_PATTERN, FREE_MAIL_DOMAINS},
    crds,
    duration::DURATION_PATTERN,
    notice::Arrival,
    obstacle::Obstacle,
    reason::{Handling, Reason},
    rule::Rule,
    v1alpha1::{RULES_WITH_DAYS, patterns},
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
        "docs/{path} differs from the types: run `WRITE_GENERATED=1 cargo test -p tenant-contacts-api --test kinds docs` and commit"
    );
}

/// Compares what is generated of a page with the committed page, or writes it: its title and the table below it. What follows is
/// written by hand, and stays as it is.
fn generated_head(path: &str, title: impl std::fmt::Display, rows: &[(&str, String)]) {
    let mut head = format!("# {title}\n\n| | |\n|---|---|\n");
    for (what, says) in rows {
        assert!(!says.is_empty() && !says.contains(['|', '\n']), "{path}: {what}: {says:?}");
        writeln!(head, "| {what} | {says} |").unwrap();
    }
    let committed = fs::read_to_string(docs(path)).unwrap();
    let by_hand = by_hand(&committed);
    assert!(!by_hand.is_empty() && !by_hand.starts_with('#'), "docs/{path} does not begin with a sentence of its own");
    generated(path, &format!("{head}\n{by_hand}"));
}

/// What is written by hand of a page: what follows its title and its table.
fn by_hand(page: &str) -> String {
    let head = |line: &&str| line.is_empty() || line.starts_with("# ") || line.starts_with('|');
    page.lines().skip_while(head).fold(String::new(), |text, line| text + line + "\n")
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
        let acts = match reason.handling() {
            Handling::Fine => "nobody: `Ready` is not affected",
            Handling::Progress => "the operator, by itself: `Reconciling=True` while it does",
            Handling::Approval => "whoever approves; then the operator goes on: `Reconciling=True` until then",
            Handling::Stalled => "whoever commits or grants: `Stalled=True` until then",
        };
        let rows = [
            ("Meaning", reason.meaning().to_owned()),
            ("Who acts", acts.to_owned()),
            ("What to do", reason.remedy().to_owned()),
        ];
        generated_head(&format!("reasons/{reason}.md"), reason, &rows);
        let page = fs::read_to_string(docs(&format!("reasons/{reason}.md"))).unwrap();
        for section in ["## What you see\n", "## What to do\n", "## What the operator does meanwhile\n", "```"] {
            assert!(page.contains(section), "{reason}: {section:?}");
        }
        let lines = by_hand(&page).lines().count();
        assert!((6..=31).contains(&lines), "{reason}: {lines} lines");
    }
}

/// A page must not teach a command that does not exist.
#[test]
fn pages_use_known_verbs_only() {
    let verbs = [
        "run",
        "demo",
        "plan",
        "apply",
        "approve",
        "suspend",
        "resume",
        "reconcile",
        "explain",
        "export",
        "worklist",
        "check",
        "simulate",
        "crds",
    ];
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
fn every_rule_has_a_page_that_says_why_it_matters_and_when_it_is_silent() {
    let expected: BTreeSet<String> = Rule::ALL.iter().map(|rule| format!("{rule}.md")).collect();
    assert_eq!(pages("rules"), expected);
    for rule in Rule::ALL {
        let days = RULES_WITH_DAYS.iter().find(|(one, _)| one == rule).map(|(_, days)| days);
        let mut rows = vec![
            ("Finds", rule.meaning().to_owned()),
            ("Severity", format!("{}, unless a ContactPolicy says otherwise", rule.severity().as_str())),
            ("Watches over", format!("[DOMAIN](../DOMAIN.md) {}", rule.id())),
            ("What to do", rule.remedy().to_owned()),
        ];
        rows.extend(days.map(|days| ("Days", format!("{days}, unless `days` in a ContactPolicy says otherwise"))));
        generated_head(&format!("rules/{rule}.md"), rule, &rows);
        let page = fs::read_to_string(docs(&format!("rules/{rule}.md"))).unwrap();
        for section in ["## Why it matters\n", "## What you see\n```\n", "## What to do\n", "## When it is silent\n"] {
            assert!(page.contains(section), "{rule}: {section:?}");
        }
        if let Some(days) = days {
            assert!(page.contains(&format!("{days} days")) && page.contains("`days`"), "{rule}: days");
        }
        names_known_words(&format!("rules/{rule}.md"), &page);
        assert!((11..=31).contains(&by_hand(&page).lines().count()), "{rule}: length");
    }
}

#[test]
fn every_obstacle_has_a_page_that_says_what_it_does_to_mail() {
    let expected: BTreeSet<String> = Obstacle::ALL.iter().map(|obstacle| format!("{obstacle}.md")).collect();
    assert_eq!(pages("obstacles"), expected);
    for obstacle in Obstacle::ALL {
        let does = match obstacle.leaves() {
            Arrival::Undeliverable => "it stops for certain",
            Arrival::Unknown => "arrival is unknown: neither a defect nor a green light",
            Arrival::Deliverable => "it stops nothing, and is worth saying",
        };
        let rows = [
            ("Meaning", obstacle.meaning().to_owned()),
            ("Leaves mail", format!("`{}`: {does}", obstacle.leaves().as_str())),
            ("What to do", obstacle.remedy().to_owned()),
        ];
        generated_head(&format!("obstacles/{obstacle}.md"), obstacle, &rows);
        let page = fs::read_to_string(docs(&format!("obstacles/{obstacle}.md"))).unwrap();
        for section in ["## How to see it\n", "## What to do\n"] {
            assert!(page.contains(section), "{obstacle}: {section:?}");
        }
        names_known_words(&format!("obstacles/{obstacle}.md"), &by_hand(&page));
        assert!((5..=21).contains(&by_hand(&page).lines().count()), "{obstacle}: length");
    }
}

/// A page that names another rule in backquotes names one that there is.
fn names_known_words(name: &str, page: &str) {
    let endings = ["Mailbox", "Undeliverable", "Holder", "Category", "Tier", "Attribute", "Unattested", "Resets"];
    let spans = page.split('`').skip(1).step_by(2);
    let named = spans.filter(|word| word.chars().all(char::is_alphanumeric) && word.starts_with(char::is_uppercase));
    for word in named.filter(|word| endings.iter().any(|ending| word.ends_with(ending))) {
        assert!(Rule::ALL.iter().any(|rule| rule.as_str() == word), "{name} names {word}, which is no rule");
    }
}

#[test]
fn what_is_written_by_hand_of_a_page_outlives_its_table() {
    let page = "# Rule\n\n| | |\n|---|---|\n| Finds | x |\n\nBy hand.\n\n## Table\n\n| a | b |\n\nThe end.\n";
    assert_eq!(by_hand(page), "By hand.\n\n## Table\n\n| a | b |\n\nThe end.\n");
    assert_eq!(by_hand("# Rule\n\nBy hand.\n"), "By hand.\n", "a page that has no table yet");
}

#[test]
fn the_index_of_rules_is_the_list_itself() {
    let mut text = "# Rules\n\nWhat the built-in rules find in a tenant: a closed list. Every rule is on without any \
                    ContactPolicy. A fact that could not be read makes no rule fire: unknown is no defect, and no green \
                    light (DOMAIN G2).\n\nA [ContactPolicy](../reference/ContactPolicy.md) turns a rule off, changes its \
                    severity, or names what may be so for a while:\n\n```yaml\n\
                    apiVersion: tenantcontacts.dev/v1alpha1\nkind: ContactPolicy\n\
                    metadata: {name: house-rules, namespace: contoso}\nspec:\n  tenantRef: {name: contoso}\n  rules:\n    \
                    - name: PrimaryContactIsOnePerson\n      exceptions:\n        - subject: helena.marsh@contoso.com\n          \
                    owner: helena.marsh\n          reason: the role mailbox is set up with the new brand\n          \
                    until: \"2026-12-31\"\n```\n\nThe finding then stays in the answer, and does not count. After its last \
                    day the finding counts again, and names the exception that has ended. An exception that matches no \
                    finding is itself said, as a finding of severity Info. Where several policies of a Tenant speak of one \
                    rule, the stricter word holds: it is off only where all of them turn it off, the graver severity and \
                    the fewer days hold, and exceptions are taken together.\n\n\
                    | Rule | DOMAIN | Severity | What to do |\n|---|---|---|---|\n"
        .to_owned();
    for rule in Rule::ALL {
        let (id, severity, remedy) = (rule.id(), rule.severity().as_str(), rule.remedy());
        writeln!(text, "| [{rule}]({rule}.md) | {id} | {severity} | {remedy} |").unwrap();
    }
    generated("rules/README.md", &text);
}

#[test]
fn the_index_of_obstacles_is_the_list_itself() {
    let mut text = "# Obstacles\n\nWhat stands between a notice and somebody who reads it: a closed list. The answer \
                    names them at the place where they stand.\n\n\
                    | Obstacle | Leaves mail | What to do |\n|---|---|---|\n"
        .to_owned();
    for obstacle in Obstacle::ALL {
        writeln!(text, "| [{obstacle}]({obstacle}.md) | {} | {} |", obstacle.leaves().as_str(), obstacle.remedy())
            .unwrap();
    }
    generated("obstacles/README.md", &text);
}

#[test]
fn the_reference_is_the_schema() {
    let mut kinds = BTreeSet::new();
    let mut index = "# Kinds\n\nEvery field of every kind, as the API server checks it.\n\n\
                     | Kind | What it is |\n|---|---|\n"
        .to_owned();
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
        writeln!(index, "| [{kind}]({kind}.md) | {} |", json["description"].as_str().unwrap()).unwrap();
        rows("", &json["properties"]["spec"], &mut text);
        text +=
            "\nWhat the operator writes, and nobody else:\n\n| Field of `status` | Type | Meaning |\n|---|---|---|\n";
        let before = text.len();
        status_rows("", &json["properties"]["status"], &mut text);
        assert!(text.len() > before, "{kind} has no status to show");
        let columns = crd.spec.versions[0].additional_printer_columns.iter().flatten();
        let columns =
            columns.map(|column| format!("`{}` is `{}`", column.name, column.json_path.trim_start_matches('.')));
        writeln!(text, "\n`kubectl get` shows: {}.", columns.collect::<Vec<_>>().join("; ")).unwrap();
        generated(&format!("reference/{kind}.md"), &text);
        kinds.insert(format!("{kind}.md"));
    }
    assert_eq!(pages("reference"), kinds);
    generated("reference/README.md", &index);
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

/// Longer lists of words are lists of their own, with a page for each word.
const MOST_WORDS: usize = 12;

/// What is only read: no rules, but the words that there are.
fn status_rows(prefix: &str, schema: &Value, text: &mut String) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{prefix}{name}");
        let meaning = property["description"].as_str().unwrap_or_default();
        let meaning = meaning.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|");
        let words: Vec<&str> = property["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let words = match words.len() {
            0 => String::new(),
            // The closed list that every word of is a reason.
            more if more > MOST_WORDS && words.contains(&"InSync") => {
                " See [reasons](../reasons/README.md).".to_owned()
            }
            more if more > MOST_WORDS => String::new(),
            _ => format!(" One of `{}`.", words.join("`, `")),
        };
        writeln!(text, "| `{path}` | {} | {meaning}{words} |", kind(property)).unwrap();
        status_rows(&format!("{path}."), property, text);
        if let Some(items) = property.get("items") {
            status_rows(&format!("{path}[]."), items, text);
        }
    }
}

/// A reader of a status looks up what it says.
#[test]
fn c7_the_reference_shows_status_as_well() {
    for (kind, field) in [
        ("Tenant", "plan.approvalHash"),
        ("Tenant", "credentials[].permissions.missing[].permission"),
        ("UserContact", "conditions[].reason"),
        ("UserContact", "fields[].state"),
        ("ContactReport", "categories[].reach"),
    ] {
        let page = fs::read_to_string(docs(&format!("reference/{kind}.md"))).unwrap();
        let (_, status) = page.split_once("| Field of `status` |").unwrap();
        assert!(status.contains(&format!("| `{field}` |")), "{kind}: {field}");
    }
}

fn kind(schema: &Value) -> String {
    match schema["type"].as_str().unwrap_or("object") {
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
    let number = |name: &str| schema.get(name).and_then(Value::as_f64); // the schema has bounds of integers as 10.0
    let bounds = |least: &str, most: &str, what: &str| match (number(least), number(most)) {
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
