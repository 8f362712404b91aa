//! The table of defects in the example's README.

use std::collections::BTreeSet;

use tenant_contacts_api::rule::Rule;

use super::world::text;

const HEADER: &str = "| id | what | where in the seed | found by | mended by |";

/// A subject as the README writes it: without the domain where that is one of Contoso's two.
pub fn short(subject: &str) -> String {
    let own = ["contoso.com", "fabrikam-partners.example"];
    let cut = subject.split_once('@').filter(|(_, domain)| own.contains(domain));
    cut.map_or(subject.to_owned(), |(local, _)| format!("{local}@"))
}

/// Id, rule and subject of each row that names a rule; one for each subject of the row.
pub fn defects() -> BTreeSet<(String, Rule, String)> {
    let readme = text("README.md");
    let rows = readme.lines().skip_while(|line| *line != HEADER).skip(2).take_while(|line| line.starts_with('|'));
    let mut found = BTreeSet::new();
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [id, _, subjects, rules, _] = cells[..] else { panic!("{row}: five cells") };
        for rule in quoted(rules) {
            let rule = Rule::ALL.iter().find(|known| known.as_str() == rule);
            let rule = *rule.unwrap_or_else(|| panic!("{row}: no such rule"));
            assert!(!quoted(subjects).is_empty(), "{row}: on what?");
            for subject in quoted(subjects) {
                assert!(found.insert((id.to_owned(), rule, subject.to_owned())), "{row}: told twice");
            }
        }
    }
    found
}

/// What stands between backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}
