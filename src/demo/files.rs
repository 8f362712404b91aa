//! The example's files, in the binary: the demonstration needs no checkout.

/// Name and content of each file of `examples/contoso` that a team would commit. A test compares the list with the folder.
pub const FILES: &[(&str, &str)] = &[
    ("administrators.yaml", include_str!("../../examples/contoso/administrators.yaml")),
    ("credentials.yaml", include_str!("../../examples/contoso/credentials.yaml")),
    ("fabrikam-partners.yaml", include_str!("../../examples/contoso/fabrikam-partners.yaml")),
    ("organization.yaml", include_str!("../../examples/contoso/organization.yaml")),
    ("people.yaml", include_str!("../../examples/contoso/people.yaml")),
    ("private-contacts.yaml", include_str!("../../examples/contoso/private-contacts.yaml")),
    ("tenant.yaml", include_str!("../../examples/contoso/tenant.yaml")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_manifest_of_the_example_is_embedded() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/contoso");
        let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let yaml = |name: &String| std::path::Path::new(name).extension().is_some_and(|end| end == "yaml");
        let mut names: Vec<String> = names.filter(yaml).collect();
        names.sort();
        assert_eq!(names, FILES.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>());
    }
}
