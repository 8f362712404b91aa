//! The patterns the API server checks texts with, beside those of addresses and durations.
//!
//! Invariant: each means the same to Go's RE2, which the API server uses, and to Rust's `regex`, which the offline check
//! uses: no look-around, no class whose Unicode reach differs.

use schemars::Schema;
use serde_json::{Value, json};

use crate::address::{ADDRESS_PATTERN, FREE_MAIL_DOMAINS};

/// An id in its 36-character form.
pub const UUID: &str = "^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$";

/// A phone number as the directory shows numbers: free in punctuation, at most 64 characters (Graph's limit for
/// `mobilePhone`).
pub const PHONE: &str = "^[+0-9(][0-9 ()./x-]{2,63}$";

/// A day, `YYYY-MM-DD`. Whether the calendar has it is for the format `date`, which stands beside the pattern.
pub const DATE: &str = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";

/// A domain name of at least two labels.
pub const DOMAIN: &str = "^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.])+[A-Za-z0-9-]{2,63}$";

/// A user principal name: one `@`, no blanks.
pub const SIGN_IN_NAME: &str = "^[^@ \\t\\r\\n]+@[^@ \\t\\r\\n]+$";

/// A digest of 32 hexadecimal digits.
pub const HASH: &str = "^[0-9a-f]{32}$";

/// A web address.
pub const URL: &str = "^https?://[^ \\t\\r\\n]+$";

/// The CEL rule that refuses a free-mail address. A list and no pattern: `mail.contoso.com` is corporate, and compiling a
/// pattern for each of 100,000 objects takes half a minute offline.
pub(super) fn not_free_mail() -> String {
    let domains: Vec<String> = FREE_MAIL_DOMAINS.iter().map(|domain| format!("'{domain}'")).collect();
    format!("!(self.lowerAscii().substring(self.indexOf('@') + 1) in [{}])", domains.join(", "))
}

/// Makes the values of a `PrivateList` addresses: the same type holds phones elsewhere.
pub(super) fn items_are_addresses(schema: &mut Schema) {
    set_pattern(schema, "/properties/values/items/properties/value", ADDRESS_PATTERN);
}

/// Makes the value of a `PrivateValue` a phone number.
pub(super) fn value_is_a_phone(schema: &mut Schema) {
    set_pattern(schema, "/properties/value", PHONE);
}

/// Takes the description out: that of an optional enum would take the place of the field's own, which says what leaving it out
/// means.
pub(crate) fn undescribed(schema: &mut Schema) {
    schema.remove("description");
}

fn set_pattern(schema: &mut Schema, pointer: &str, pattern: &str) {
    if let Some(Value::Object(target)) = schema.pointer_mut(pointer) {
        target.insert("pattern".to_owned(), json!(pattern));
    }
}
