//! Graph addresses: keys in paths, text in filters, query options.
//!
//! Invariant: whatever an id, a user principal name or a value contains, it stays the one segment or literal that it was
//! meant to be.

use std::fmt::{self, Write};

/// A key that cannot stand in a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id that is empty, a dot segment or has control characters cannot be part of a path")]
pub struct InvalidKey;

/// A path with its query, relative to the service's version. Displays percent-encoded.
#[derive(Clone, PartialEq, Eq)]
pub struct Path {
    text: String,
    has_query: bool,
}

impl Path {
    /// Starts with fixed segments, such as `users` or `roleManagement/directory/roleAssignments`.
    pub fn new(segments: &'static str) -> Self {
        Self { text: segments.to_owned(), has_query: false }
    }

    /// Adds an id or user principal name as a segment. `#EXT#`, quotes, blanks and slashes are encoded. A name that
    /// begins with `$` is written `('…')`, which Graph wants for users (general knowledge, not verified here).
    pub fn key(mut self, key: &str) -> Result<Self, InvalidKey> {
        // URL parsers resolve dot segments, encoded ones too; such a key would address the parent.
        if key.is_empty() || key == "." || key == ".." || key.chars().any(char::is_control) {
            return Err(InvalidKey);
        }
        if key.starts_with('$') {
            self.text.push_str("('");
            encode(&mut self.text, &key.replace('\'', "''"));
            self.text.push_str("')");
        } else {
            self.text.push('/');
            encode(&mut self.text, key);
        }
        Ok(self)
    }

    /// Adds fixed segments.
    #[must_use]
    pub fn then(mut self, segments: &'static str) -> Self {
        self.text.push('/');
        self.text.push_str(segments);
        self
    }

    /// Adds `$select`. What is not selected is absent from the answer.
    #[must_use]
    pub fn select(self, properties: &[&str]) -> Self {
        self.option("$select", &properties.join(","))
    }

    /// Adds `$filter`; put values in with [`literal`].
    #[must_use]
    pub fn filter(self, expression: &str) -> Self {
        self.option("$filter", expression)
    }

    /// Adds `$expand`.
    #[must_use]
    pub fn expand(self, expression: &str) -> Self {
        self.option("$expand", expression)
    }

    /// Adds `$top`: the page size wanted.
    #[must_use]
    pub fn top(self, items: u32) -> Self {
        self.option("$top", &items.to_string())
    }

    /// Adds `$count=true`.
    #[must_use]
    pub fn count(self) -> Self {
        self.option("$count", "true")
    }

    /// Adds another query option.
    #[must_use]
    pub fn option(mut self, name: &'static str, value: &str) -> Self {
        self.text.push(if self.has_query { '&' } else { '?' });
        self.has_query = true;
        self.text.push_str(name);
        self.text.push('=');
        encode(&mut self.text, value);
        self
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Path {
    /// Without the text: keys and filters hold mail addresses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Path(..)")
    }
}

/// A string literal of a filter: quoted, inner quotes doubled.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Percent-encodes everything but RFC 3986's unreserved characters, and `,` and `@`, which Graph's own links leave bare.
fn encode(into: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b',' | b'@') {
            into.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(into, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    #[test]
    fn keys_stay_one_segment_whatever_they_contain() {
        for key in [
            "ada@contoso.com",
            "ada_gmail.com#EXT#@contoso.onmicrosoft.com",
            "o'brien@contoso.com",
            "a b@contoso.com",
            "a/../../organization",
            "a?$select=x",
            "%2e%2e",
            "grüße@contoso.com",
            "a:b",
        ] {
            let path = Path::new("users").key(key).unwrap().then("authentication/emailMethods");
            let url = Url::parse(&format!("https://graph.example/v1.0/{path}")).unwrap();
            let segments: Vec<&str> = url.path_segments().unwrap().collect();
            assert_eq!(segments.len(), 5, "{key}: {url}");
            assert_eq!(segments[3..], ["authentication", "emailMethods"]);
            assert_eq!((url.query(), url.fragment()), (None, None));
            let bytes: Vec<u8> = decode(segments[2]);
            assert_eq!(String::from_utf8(bytes).unwrap(), key);
        }
        for key in ["", ".", "..", "a\nb"] {
            assert_eq!(Path::new("users").key(key), Err(InvalidKey), "{key:?}");
        }
        assert_eq!(Path::new("users").key("$o'x@y.z").unwrap().to_string(), "users('%24o%27%27x@y.z')");
    }

    #[test]
    fn queries_are_encoded_and_literals_cannot_be_left() {
        let path = Path::new("users")
            .select(&["id", "otherMails"])
            .filter(&format!("otherMails/any(x:x eq {})", literal("o'b&c#@x.y")))
            .top(999)
            .count();
        let url = Url::parse(&format!("https://graph.example/v1.0/{path}")).unwrap();
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        assert_eq!(pairs[0], ("$select".into(), "id,otherMails".into()));
        assert_eq!(pairs[1].1, "otherMails/any(x:x eq 'o''b&c#@x.y')");
        assert_eq!(pairs[2..], [("$top".into(), "999".into()), ("$count".into(), "true".into())]);
    }

    fn decode(text: &str) -> Vec<u8> {
        let bytes = text.as_bytes();
        let mut out = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            if bytes[at] == b'%' {
                out.push(u8::from_str_radix(&text[at + 1..at + 3], 16).unwrap());
                at += 3;
            } else {
                out.push(bytes[at]);
                at += 1;
            }
        }
        out
    }
}
