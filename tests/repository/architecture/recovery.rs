//! Who may declare recovery data is decided by admission policies of the chart, which name fields: they name them all.

use std::fs;

use tenant_contacts_api::field::{Field, Surface};
use tenant_contacts_core::field;

use super::root;

/// The text of an expression of the policy, by its name.
fn expression<'p>(policy: &'p str, name: &str) -> &'p str {
    let (_, behind) = policy.split_once(&format!("- name: {name}\n")).unwrap_or_else(|| panic!("no variable {name}"));
    behind.split("- name: ").next().unwrap()
}

/// From the table of fields: one that recovers accounts and is missing in the policy could be declared by every editor.
#[test]
fn a19_every_recovery_field_needs_its_verb_to_be_declared_or_changed() {
    let path = root().join("charts/tenant-contacts/templates/admission/recovery-data.yaml");
    let policy = fs::read_to_string(path).unwrap();
    let validations = policy.split_once("  validations:\n").unwrap().1;
    let recovery = Field::ALL.into_iter().filter(|field| field::facts(*field).is_some_and(|facts| facts.recovery));
    let mut fields = 0;
    for field in recovery {
        fields += 1;
        let name = field.path();
        assert_eq!(
            field::facts(field).unwrap().surface,
            Surface::Users,
            "{name}: the policy guards UserContacts alone"
        );
        assert!(
            expression(&policy, "declared").contains(&format!("has(object.spec.{name})")),
            "{name} can be declared by every editor"
        );
        let same =
            policy.lines().map(str::trim).filter_map(|line| line.strip_prefix("- name: same")).find(|variable| {
                expression(&policy, &format!("same{variable}"))
                    .contains(&format!("object.spec.?{name} == oldObject.spec.?{name}"))
            });
        let same = same.unwrap_or_else(|| panic!("{name} can be changed by every editor"));
        assert!(validations.contains(&format!("variables.same{same}")), "same{same} decides nothing");
    }
    assert!(fields >= 3, "{fields}");
}
