//! `docs/mended` and the threat model: every page names the tests that fail without what it tells of, and these tests are there.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::Path,
};

use super::root;

/// The letters and number by which pages and tests know a point.
fn is_point(name: &str) -> bool {
    let (letter, number) = name.split_at(name.len().min(1));
    matches!(letter, "A" | "B" | "C") && number.parse::<u8>().is_ok_and(|number| (1..=99).contains(&number))
}

/// All pages by point, without the index.
fn pages() -> BTreeMap<(char, u8), (String, String)> {
    let folder = root().join("docs/mended");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let pages = entries.filter(|path| path.file_name().is_some_and(|name| name != "README.md")).map(|path| {
        let point = path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(is_point(&point) && path.extension().is_some_and(|end| end == "md"), "{}", path.display());
        let key = (point.chars().next().unwrap(), point[1..].parse().unwrap());
        (key, (point, fs::read_to_string(&path).unwrap()))
    });
    pages.collect()
}

/// What a page's first line says after the point.
fn title(point: &str, page: &str) -> String {
    let first = page.lines().next().unwrap_or_default();
    let title = first.strip_prefix(&format!("# {point}: "));
    title.unwrap_or_else(|| panic!("{point}: the first line is not `# {point}: …` but {first:?}")).to_owned()
}

/// The tests that a page names: file and function.
fn tests(page: &str) -> BTreeSet<(String, String)> {
    let quoted = page.split('`').skip(1).step_by(2);
    let is_source = |file: &str| Path::new(file).extension().is_some_and(|extension| extension == "rs");
    let named = quoted.filter_map(|text| text.split_once("::").filter(|(file, _)| is_source(file)));
    named.map(|(file, function)| (file.to_owned(), function.to_owned())).collect()
}

#[test]
fn every_mended_point_names_tests_that_are_there() {
    for (point, page) in pages().into_values() {
        title(&point, &page);
        are_there(&point, &page);
    }
}

#[test]
fn b11_every_threat_has_a_mitigation_and_a_test_that_is_there() {
    let page = fs::read_to_string(root().join("docs/threat-model.md")).unwrap();
    are_there("docs/threat-model.md", &page);
    for part in [
        "Spoofing",
        "Tampering",
        "Repudiation",
        "Information disclosure",
        "Denial of service",
        "Elevation of privilege",
    ] {
        let (_, rest) = page.split_once(&format!("## {part}\n")).unwrap_or_else(|| panic!("no part {part}"));
        let rows = rest.lines().skip_while(|line| !line.starts_with("|---")).skip(1);
        let rows: Vec<&str> = rows.take_while(|line| line.starts_with('|')).collect();
        assert!(rows.len() >= 3, "{part}");
        for row in rows {
            let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
            assert!(cells.len() == 3 && cells.iter().all(|cell| !cell.is_empty()), "{row}");
            assert!(!tests(cells[2]).is_empty(), "no test stands behind: {}", cells[0]);
        }
    }
}

/// The tests that a page names exist.
#[track_caller]
pub fn are_there(page: &str, text: &str) {
    let tests = tests(text);
    assert!(!tests.is_empty(), "{page}: no test is named as `path/of/file.rs::function`");
    for (file, function) in tests {
        let text = fs::read_to_string(root().join(&file)).unwrap_or_else(|_| panic!("{page}: there is no {file}"));
        let name = function.rsplit("::").next().unwrap();
        assert!(text.contains(&format!("fn {name}(")), "{page}: {file} has no function {name}");
    }
}

/// Written with `WRITE_GENERATED=1`, as the other indexes are.
#[test]
fn the_index_of_mended_points_is_the_pages_themselves() {
    let mut text =
        "# Mended\n\nWhat tenants, files, attacks and first-time users showed to be wrong, and the tests that \
                    fail without each mend.\n\n| Point | Now holds |\n|---|---|\n"
            .to_owned();
    for (point, page) in pages().into_values() {
        writeln!(text, "| [{point}]({point}.md) | {} |", title(&point, &page)).unwrap();
    }
    let file = root().join("docs/mended/README.md");
    if std::env::var_os("WRITE_GENERATED").is_some() {
        fs::write(&file, &text).unwrap();
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == text,
        "docs/mended/README.md differs from the pages: run `WRITE_GENERATED=1 cargo test --test repository mended` and commit"
    );
}
