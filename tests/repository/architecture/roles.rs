//! Every kind has its place in the roles of the chart: the operator's, and those for people.

use std::fs;

use tenant_contacts_api::crds;

use super::root;

/// From the definitions: a kind that no role names could be installed and neither watched nor written.
#[test]
fn every_kind_stands_in_the_roles_of_the_chart() {
    let templates = root().join("charts/tenant-contacts/templates");
    let [operator, people] =
        ["roles.yaml", "userroles.yaml"].map(|name| fs::read_to_string(templates.join(name)).unwrap());
    for crd in crds::all() {
        let plural = crd.spec.names.plural;
        let named = |text: &str, wanted: &str| {
            text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '/').any(|word| word == wanted)
        };
        assert!(named(&operator, &plural), "the operator may not see {plural}");
        assert!(named(&operator, &format!("{plural}/status")), "the operator may not publish the status of {plural}");
        assert!(named(&people, &plural), "nobody may see {plural}");
    }
}
