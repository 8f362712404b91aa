//! What reads where nobody wrote a value.
//!
//! Invariant: pure; equal objects read alike.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::{
    facts,
    property::{Absent, Property, Schema},
    user,
    value_type::Type,
};
use crate::store::record::Record;

impl Schema {
    /// A property's value as it reads: complex ones with all their members, absent ones as the service has them.
    pub(crate) fn value<'a>(&self, record: &'a Record, number: u8) -> Cow<'a, Value> {
        let Some(row) = self.row(number) else { return Cow::Owned(Value::Null) };
        match record.get(number) {
            Some(value) if matches!(row.kind, Type::Object | Type::Objects) => Cow::Owned(facts::whole(row.of, value)),
            Some(value) => Cow::Borrowed(value),
            None => Cow::Owned(self.absent(record, row)),
        }
    }

    fn absent(&self, record: &Record, row: &Property) -> Value {
        match row.absent {
            Absent::Nothing => row.nothing(),
            Absent::Json(text) => serde_json::from_str(text).unwrap_or_default(),
            Absent::Members => facts::whole(row.of, &json!({})),
            Absent::Created => {
                self.any("createdDateTime").and_then(|number| record.get(number)).cloned().unwrap_or_default()
            }
            Absent::Sid => record.text(0).and_then(security_identifier).map_or(Value::Null, Value::from),
            Absent::Identities => {
                record.text(user::USER_PRINCIPAL_NAME).map_or_else(|| json!([]), |name| json!([identity(name)]))
            }
            Absent::LegalAge => legal_age(
                self.any("ageGroup").and_then(|number| record.text(number)),
                self.any("consentProvidedForMinor").and_then(|number| record.text(number)),
            ),
            Absent::LicenceStates => licence_states(record),
        }
    }
}

/// The identity that every account has. Its issuer is the domain (which one of the tenant's: UNV).
pub(crate) fn identity(name: &str) -> Value {
    let domain = name.rsplit('@').next().unwrap_or_default();
    json!({"signInType": "userPrincipalName", "issuer": domain, "issuerAssignedId": name})
}

/// `S-1-12-1-` and the object id as four numbers, least byte first (the form is documented, the rule general knowledge; it
/// fits the documented example of a group).
fn security_identifier(id: &str) -> Option<String> {
    let bytes = uuid::Uuid::parse_str(id).ok()?.to_bytes_le();
    let part = |at: usize| bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map(u32::from_le_bytes);
    Some(format!("S-1-12-1-{}-{}-{}-{}", part(0)?, part(4)?, part(8)?, part(12)?))
}

/// Documented with users, "legal age group property definitions". A minor without a word about consent: UNV.
fn legal_age(age: Option<&str>, consent: Option<&str>) -> Value {
    let (age, consent) = (age.unwrap_or_default().to_lowercase(), consent.unwrap_or_default().to_lowercase());
    match (age.as_str(), consent.as_str()) {
        ("adult", _) => json!("adult"),
        ("notadult", _) => json!("notAdult"),
        ("minor", "granted") => json!("minorWithParentalConsent"),
        ("minor", "notrequired") => json!("minorNoParentalConsentRequired"),
        ("minor", _) => json!("minorWithoutParentalConsent"),
        _ => Value::Null,
    }
}

fn licence_states(record: &Record) -> Value {
    let held = record.get(user::ASSIGNED_LICENSES).and_then(Value::as_array).into_iter().flatten();
    let state = |licence: &Value| {
        json!({"assignedByGroup": null, "disabledPlans": licence["disabledPlans"], "error": "None",
            "lastUpdatedDateTime": record.get(user::CREATED_DATE_TIME), "skuId": licence["skuId"], "state": "Active"})
    };
    held.map(state).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The documented example of `POST /groups` with owners and members.
    #[test]
    fn b12_the_documented_security_identifier() {
        assert_eq!(
            security_identifier("21d05557-b7b6-418f-86fa-a3118d751be4").as_deref(),
            Some("S-1-12-1-567301463-1099937718-295959174-3827004813")
        );
    }
}
