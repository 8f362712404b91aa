//! `docs/adr` and `CONTRIBUTING.md`: a decision has its parts, and the tests that are named are there.

use std::{collections::BTreeMap, fmt::Write as _, fs};

use super::{mended::are_there, root};

/// All decisions by the name of their file, without the index.
fn pages() -> BTreeMap<String, String> {
    let entries = fs::read_dir(root().join("docs/adr")).unwrap().map(|entry| entry.unwrap());
    let pages = entries.map(|entry| (entry.file_name().into_string().unwrap(), entry.path()));
    let pages = pages.filter(|(name, _)| name != "README.md");
    pages.map(|(name, path)| (name, fs::read_to_string(path).unwrap())).collect()
}

/// What a page's first line says after the number that its file begins with.
fn title<'p>(name: &str, page: &'p str) -> &'p str {
    let first = page.lines().next().unwrap_or_default();
    let title = first.strip_prefix(&format!("# {}: ", &name[..4]));
    title.unwrap_or_else(|| panic!("{name}: the first line is {first:?}"))
}

#[test]
fn every_decision_has_its_parts_and_names_tests_that_are_there() {
    for (place, (name, page)) in pages().iter().enumerate() {
        assert!(
            name.starts_with(&format!("{:04}-", place + 1)),
            "{name}: the number before it is missing, or is there twice"
        );
        title(name, page);
        for part in [
            "Status: ",
            "## Context\n",
            "## Decision\n",
            "## Consequences\n",
            "## Decided against\n",
            "## What holds it\n",
        ] {
            assert!(page.contains(&format!("\n{part}")), "{name}: {part:?}");
        }
        are_there(name, page);
    }
}

/// Written with `WRITE_GENERATED=1`, as the other indexes are.
#[test]
fn the_index_of_decisions_is_the_pages_themselves() {
    let mut text = "# Decisions\n\nWhat shaped the product, one decision a page: context, decision, consequences, what was decided \
                    against, and the tests that hold\nit. [The design](../design.md) is the whole that they belong to.\n\n\
                    | Number | Decision |\n|---|---|\n"
        .to_owned();
    for (name, page) in &pages() {
        writeln!(text, "| [{}]({name}) | {} |", &name[..4], title(name, page)).unwrap();
    }
    let file = root().join("docs/adr/README.md");
    if std::env::var_os("WRITE_GENERATED").is_some() {
        fs::write(&file, &text).unwrap();
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == text,
        "docs/adr/README.md differs from the pages: run `WRITE_GENERATED=1 cargo test --test architecture the_index_of` and commit"
    );
}

#[test]
fn every_test_that_contributing_names_is_there() {
    are_there("CONTRIBUTING.md", &fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap());
}
