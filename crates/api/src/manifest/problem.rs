//! What is wrong with a manifest: where, what, why it matters, what to do.
//!
//! Invariant: no text here holds a value of a manifest. Names of kinds, objects and fields are shown, cut and without
//! control characters; addresses, numbers and secrets never are.

use std::{borrow::Cow, fmt, sync::Arc};

use schemars::JsonSchema;
use serde::Serialize;

use super::tree::Place;
use crate::reason::Reason;

/// Longest part of a key or name that a message shows: Kubernetes' own names end at 253.
const SHOWN: usize = 253;

/// The identity of an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub struct ObjectKey {
    /// Its kind.
    pub kind: Cow<'static, str>,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}", self.kind, self.namespace, self.name)
    }
}

/// Something that must be corrected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Problem {
    /// The file, as it was named to the reader.
    #[serde(serialize_with = "text")]
    #[schemars(with = "String")]
    pub file: Arc<str>,
    /// Line and column, from one. Zero where the file as a whole is meant.
    #[serde(flatten)]
    pub place: Place,
    /// The object, where it is known.
    pub object: Option<ObjectKey>,
    /// The path of the field, where one is meant.
    pub field: Option<String>,
    /// Why it is refused: names a page under `docs/reasons/`.
    pub reason: Reason,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: Cow<'static, str>,
}

impl Problem {
    /// What problems are sorted by.
    pub fn order(&self) -> (&str, Place, Option<&str>, &str) {
        (&self.file, self.place, self.field.as_deref(), &self.message)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", printable(&self.file))?;
        if self.place.line > 0 {
            write!(f, ":{}:{}", self.place.line, self.place.column)?;
        }
        f.write_str(": ")?;
        if let Some(object) = &self.object {
            write!(f, "{object}: ")?;
        }
        if let Some(field) = &self.field {
            write!(f, "{field}: ")?;
        }
        write!(f, "{} ({})", self.message, self.reason)
    }
}

/// Something worth knowing that is not wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Note {
    /// The file, as it was named to the reader.
    #[serde(serialize_with = "text")]
    #[schemars(with = "String")]
    pub file: Arc<str>,
    /// Line and column, from one. Zero where the file as a whole is meant.
    #[serde(flatten)]
    pub place: Place,
    /// What is worth knowing.
    pub message: String,
}

impl Note {
    /// What notes are sorted by.
    pub fn order(&self) -> (&str, Place, &str) {
        (&self.file, self.place, &self.message)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", printable(&self.file))?;
        if self.place.line > 0 {
            write!(f, ":{}:{}", self.place.line, self.place.column)?;
        }
        write!(f, ": note: {}", self.message)
    }
}

/// `serde` serialises shared text only with a feature that nothing else here needs.
fn text<S: serde::Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

/// A key or a name as a message may show it: cut, and without characters that move a terminal's cursor or that a reader
/// cannot see.
pub fn printable(text: &str) -> String {
    let visible = |c: char| if c.is_control() || is_format(c) { '\u{fffd}' } else { c };
    let mut shown: String = text.chars().take(SHOWN).map(visible).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// Characters that change how their neighbours are shown: direction overrides and zero-width marks.
fn is_format(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_reads_as_place_object_field_message_reason() {
        let problem = Problem {
            file: "contoso/users.yaml".into(),
            place: Place { line: 12, column: 9 },
            object: Some(ObjectKey { kind: "UserContact".into(), namespace: "contoso".into(), name: "jane".into() }),
            field: Some("spec.mobilePhone.value".into()),
            reason: Reason::InvalidSpec,
            message: "must be quoted".into(),
            remedy: "Put it in quotes.".into(),
        };
        assert_eq!(
            problem.to_string(),
            "contoso/users.yaml:12:9: UserContact contoso/jane: spec.mobilePhone.value: must be quoted (InvalidSpec)"
        );
    }

    #[test]
    fn names_cannot_write_to_a_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb\u{202e}c"), "a\u{fffd}[2Jb\u{fffd}c");
        assert_eq!(printable(&"x".repeat(300)).chars().count(), SHOWN + 1);
    }
}
