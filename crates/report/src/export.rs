//! Exported objects as YAML files, as a person would commit them.
//!
//! Invariant: what is written is read back as the same objects by everything that reads a cluster's YAML.

use serde::{Serialize, Serializer, ser::SerializeMap as _};
use serde_json::{Value, json};
use tenant_contacts_api::{ALLOW_LABEL, API_VERSION};
use tenant_contacts_core::export::{Exportable, File, LeftOut, PrivateSecret};

use crate::{columns::width, printable::printable};

/// An object could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// As YAML.
    #[error("an object could not be written as YAML")]
    Yaml(#[from] serde_saphyr::ser::Error),
    /// As JSON, on the way to YAML.
    #[error("an object could not be written")]
    Json(#[from] serde_json::Error),
}

/// One file, with a heading of its own.
pub fn yaml(file: &File) -> Result<String, ExportError> {
    let mut text = String::new();
    for line in wrapped(&file.about) {
        text.push_str("# ");
        text.push_str(&line);
        text.push('\n');
    }
    for (index, object) in file.objects.iter().enumerate() {
        if index > 0 {
            text.push_str("---\n");
        }
        text.push_str(&unmarked(&serde_saphyr::to_string(&document(object)?)?));
    }
    Ok(text)
}

/// What was left out, a line each.
pub fn left_out(left_out: &[LeftOut]) -> String {
    let lines = left_out.iter().map(|LeftOut { what, why, objects, accounts, .. }| {
        let named = printable(&accounts.join(", "));
        let of = match (accounts.len(), objects) {
            (0, 1) => String::new(),
            (0, more) => format!(" ({more} objects)"),
            (known, all) if known < *all => format!(" ({named} and {} more)", all - known),
            _ => format!(" ({named})"),
        };
        format!("left out: {what}: {why}{of}\n")
    });
    lines.collect()
}

/// The object as people write it: names first, no status, no nulls.
fn document(object: &Exportable) -> Result<Document, ExportError> {
    Ok(match object {
        Exportable::Tenant(tenant) => Document::of("Tenant", &tenant.metadata, &tenant.spec)?,
        Exportable::Organization(contacts) => Document::of("OrganizationContacts", &contacts.metadata, &contacts.spec)?,
        Exportable::User(contact) => Document::of("UserContact", &contact.metadata, &contact.spec)?,
        Exportable::Secret(secret) => Document::secret(secret),
    })
}

/// Fields in the order in which they are written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    api_version: &'static str,
    kind: &'static str,
    metadata: Ordered,
    #[serde(skip_serializing_if = "Option::is_none")]
    spec: Option<Ordered>,
    #[serde(skip_serializing_if = "Option::is_none")]
    string_data: Option<Ordered>,
}

/// Members that a reader looks for first, in this order. The rest follows by name.
const FIRST: [&str; 8] =
    ["name", "namespace", "tenantRef", "tenantId", "accountRef", "userPrincipalName", "clientId", "secretKeyRef"];

/// A value as people write it: what says of whom comes first, and an object that says nothing is left out.
struct Ordered(Value);

impl Serialize for Ordered {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Value::Object(members) => {
                let mut members: Vec<(&String, Self)> = members
                    .iter()
                    .map(|(name, value)| (name, Self(value.clone())))
                    .filter(|(_, value)| !value.is_void())
                    .collect();
                let rank = |name: &str| FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len());
                members.sort_by(|(one, _), (other, _)| (rank(one), one).cmp(&(rank(other), other)));
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, &value)?;
                }
                map.end()
            }
            Value::Array(values) => serializer.collect_seq(values.iter().map(|value| Self(value.clone()))),
            Value::String(text) if is_number_like(text) => serializer.serialize_str(&format!("{QUOTE}{text}{QUOTE}")),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => self.0.serialize(serializer),
        }
    }
}

/// Stands for a quotation mark until the text is written: the serializer quotes only what YAML would take for something
/// else, and whoever edits a number that stands there without quotes loses its plus. No value that is exported can hold it:
/// it is neither in an address nor in a number, and names that hold it are marked by nothing.
const QUOTE: char = '\u{f8ff}';

/// Whether a text looks like a number to a person: phone numbers above all.
fn is_number_like(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit() || c == '+' || c == '(')
        && text.chars().all(|c| c.is_ascii_digit() || "+ ()./x-".contains(c))
        && text.bytes().filter(u8::is_ascii_digit).count() >= 3
}

/// The text with quotation marks where they were meant.
fn unmarked(text: &str) -> String {
    text.replace(QUOTE, "\"")
}

impl Ordered {
    /// Whether it is an object without anything in it. An empty list says something: that there is to be nothing.
    fn is_void(&self) -> bool {
        self.0.as_object().is_some_and(|members| members.values().all(|value| Self(value.clone()).is_void()))
    }
}

impl Document {
    fn of(kind: &'static str, metadata: &impl Serialize, spec: &impl Serialize) -> Result<Self, ExportError> {
        let (metadata, spec) = (serde_json::to_value(metadata)?, serde_json::to_value(spec)?);
        let (metadata, spec) = (Ordered(metadata), Some(Ordered(spec)));
        Ok(Self { api_version: API_VERSION, kind, metadata, spec, string_data: None })
    }

    fn secret(secret: &PrivateSecret) -> Self {
        let mut metadata = json!({"name": secret.name, "labels": {ALLOW_LABEL: secret.tenant}});
        if let (Some(namespace), Some(metadata)) = (&secret.namespace, metadata.as_object_mut()) {
            metadata.insert("namespace".into(), json!(namespace));
        }
        let string_data = Some(Ordered(json!(secret.entries)));
        Self { api_version: "v1", kind: "Secret", metadata: Ordered(metadata), spec: None, string_data }
    }
}

/// Lines of at most a hundred columns.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line) + width(word) < 100 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use tenant_contacts_api::manifest::{Checker, Object};
    use tenant_contacts_core::export::PrivateSecret;

    use super::*;

    #[test]
    fn what_says_of_whom_comes_first_and_an_empty_object_is_not_written() {
        let spec = json!({"guardRails": {"massChange": {}}, "accountRef": {"objectId": "1", "userPrincipalName": "a"},
            "technical": {"values": []}, "tenantRef": {"name": "t"}});
        let text = serde_saphyr::to_string(&Ordered(spec)).unwrap();
        let expected =
            "tenantRef:\n  name: t\naccountRef:\n  userPrincipalName: a\n  objectId: \"1\"\ntechnical:\n  values: []\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn c3_numbers_are_quoted_so_that_an_edit_keeps_them_texts() {
        let spec = json!({"mobilePhone": {"value": "+1 206 555 0104"}, "phones": {"values": ["(425) 555-0100", "4255550100"]},
            "guardRails": {"minimumRecipients": 2000}, "tenantRef": {"name": "t"}});
        let text = unmarked(&serde_saphyr::to_string(&Ordered(spec.clone())).unwrap());
        for line in
            ["value: \"+1 206 555 0104\"", "- \"(425) 555-0100\"", "- \"4255550100\"", "minimumRecipients: 2000"]
        {
            assert!(text.contains(line), "{line}: {text}");
        }
        let read: Value = serde_saphyr::from_str(&text).unwrap();
        assert_eq!(read, spec);
    }

    #[test]
    fn a_secret_is_read_back_with_every_value_as_it_was() {
        // Texts that YAML 1.1 or 1.2 would take for something else.
        let values =
            ["+1 206 555 0104", "12", "yes", "null", "0x1F", "a: b", "#x", "- y", "1e3", "2026-11-02", "'\"", " z "];
        let entries: BTreeMap<String, String> =
            values.iter().enumerate().map(|(index, value)| (format!("k{index}"), (*value).into())).collect();
        let secret = PrivateSecret {
            name: "contoso-private-contacts".into(),
            namespace: Some("contoso".into()),
            tenant: "contoso".into(),
            entries,
        };
        let file = File {
            name: "private-contacts.yaml".into(),
            about: "Private data.".into(),
            objects: vec![Exportable::Secret(secret)],
        };
        let text = yaml(&file).unwrap();
        assert!(text.starts_with("# Private data.\napiVersion: v1\nkind: Secret\n"), "{text}");
        let read = Checker::new().unwrap().read(&file.name, text.as_bytes());
        assert_eq!(read.problems.len(), 0, "{text}");
        let Object::Secret(secret) = &read.manifests[0].object else { panic!("{text}") };
        for (index, value) in values.iter().enumerate() {
            assert_eq!(secret.data[&format!("k{index}")].expose(), value.as_bytes(), "{text}");
        }
    }
}
