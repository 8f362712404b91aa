//! Microsoft's metadata by a few lines of the tests' own, and a value or two for each of its properties.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

const TABLE: &str = include_str!("../../../src/schema/properties.tsv");

/// Name, type, whether many, of each property (no relations) of a type.
pub fn properties(of: &str) -> Vec<(&'static str, &'static str, bool)> {
    let rows = TABLE.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let own = rows.filter(|row| row.len() > 5 && row[1].split(" : ").next() == Some(of) && !row[3].starts_with("-> "));
    own.map(|row| (row[2], row[3], row[4] == "many")).collect()
}

pub fn choices(of: &str) -> Option<Vec<&'static str>> {
    let name = of.rsplit('.').next().unwrap();
    let mut rows = TABLE.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    rows.find(|row| row[0] == "enum" && row[1] == name).map(|row| row[2].split('|').collect())
}

/// What a property may be where its text is not free, or where an application cannot know it: name to two values.
fn special() -> BTreeMap<(&'static str, &'static str), [Value; 2]> {
    BTreeMap::from([
        (("user", "ageGroup"), [json!("Minor"), json!("Adult")]),
        (("user", "consentProvidedForMinor"), [json!("Granted"), json!("Denied")]),
        (("user", "userType"), [json!("Member"), json!("Guest")]),
        (("user", "usageLocation"), [json!("DE"), json!("AT")]),
        (("user", "mail"), [json!("sample@contoso.com"), json!("sample2@contoso.com")]),
        (("user", "userPrincipalName"), [json!("sample@contoso.com"), json!("sample2@contoso.com")]),
        (("user", "otherMails"), [json!(["a@fabrikam.example"]), json!(["b@fabrikam.example"])]),
        (("user", "businessPhones"), [json!(["+1 4255550100"]), json!(["+1 4255550101"])]),
        (
            ("user", "passwordProfile"),
            [
                json!({"password": "Sample-Pass-1", "forceChangePasswordNextSignIn": false}),
                json!({"password": "Sample-Pass-2", "forceChangePasswordNextSignIn": true}),
            ],
        ),
        (("group", "membershipRule"), [Value::Null, json!("user.department -eq \"Sales\"")]),
        (("group", "membershipRuleProcessingState"), [Value::Null, json!("On")]),
        (("group", "groupTypes"), [json!(["Unified"]), json!(["Unified", "DynamicMembership"])]),
        (("group", "mailEnabled"), [json!(true), json!(true)]),
        (("group", "mailNickname"), [json!("sample"), json!("sample2")]),
        (("group", "visibility"), [json!("Private"), json!("Public")]),
        (("group", "theme"), [json!("Teal"), json!("Red")]),
        // Only security groups with assigned members can hold roles; tested with roles.
        (("group", "isAssignableToRole"), [json!(false), json!(false)]),
        (("administrativeUnit", "membershipRuleProcessingState"), [json!("On"), json!("Paused")]),
        (("administrativeUnit", "membershipType"), [json!("Assigned"), json!("Dynamic")]),
        (("administrativeUnit", "visibility"), [json!("HiddenMembership"), json!("Public")]),
        (
            ("unifiedRoleDefinition", "templateId"),
            [json!("0f7d2b7a-64d1-4c5f-9d0e-3d9c7a1b2c3d"), json!("0f7d2b7a-64d1-4c5f-9d0e-3d9c7a1b2c3d")],
        ),
        (("groupLifecyclePolicy", "managedGroupTypes"), [json!("All"), json!("Selected")]),
    ])
}

/// A value of a type; `second` is another one.
fn sample(of: &str, name: &str, second: bool) -> Value {
    let which = usize::from(second);
    match of {
        "Edm.Boolean" => json!(second),
        "Edm.Int32" | "Edm.Int64" => json!(which + 1),
        "Edm.DateTimeOffset" => json!(["2024-05-01T00:00:00Z", "2025-06-02T00:00:00Z"][which]),
        "Edm.Guid" => json!(["11111111-2222-4333-8444-555555555555", "66666666-7777-4888-9999-aaaaaaaaaaaa"][which]),
        of if of.starts_with("Edm.") => json!(format!("{which}{name}").chars().take(16).collect::<String>()),
        of => choices(of).map_or_else(
            || {
                let members = properties(of.rsplit('.').next().unwrap());
                let value = |(name, of, many): &(&str, &str, bool)| {
                    let one = sample(of, name, second);
                    ((*name).to_owned(), if *many { json!([one]) } else { one })
                };
                Value::Object(members.iter().map(value).collect())
            },
            |all| json!(all[which.min(all.len() - 1)]),
        ),
    }
}

/// Every property of a type with a value.
pub fn samples(of: &str, second: bool) -> Map<String, Value> {
    let special = special();
    let value = |(name, kind, many): (&'static str, &'static str, bool)| {
        let value = special.get(&(of, name)).map_or_else(
            || {
                let one = sample(kind, name, second);
                if many { json!([one]) } else { one }
            },
            |both| both[usize::from(second)].clone(),
        );
        (name.to_owned(), value)
    };
    properties(of).into_iter().map(value).collect()
}
