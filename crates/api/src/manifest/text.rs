//! What is done to a file's text before it is read as YAML.
//!
//! Invariant: what is done changes no line number, and no text of a document's content.

use std::borrow::Cow;

use super::tree::Place;

/// The byte-order mark. YAML allows one before each document (1.2.2, 5.2); files that were joined have it in the middle.
const MARK: char = '\u{feff}';

/// The text without the byte-order marks that stand before a document's first content.
pub(super) fn without_marks(text: &str) -> Cow<'_, str> {
    if !text.contains(MARK) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut before_content = true;
    for line in text.split_inclusive('\n') {
        let rest = line.trim_start_matches(MARK);
        let marker = |name: &str| {
            rest.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
        };
        let begins = marker("---") || marker("...");
        clean.push_str(if before_content || begins { rest } else { line });
        let bare = rest.get(3..).unwrap_or_default().trim_start();
        before_content = if begins {
            bare.is_empty() || bare.starts_with('#')
        } else {
            let rest = rest.trim();
            before_content && (rest.is_empty() || rest.starts_with(['#', '%']))
        };
    }
    Cow::Owned(clean)
}

/// The parts of a text that are documents of their own without a mark between them, and where each begins: JSON objects one
/// after the other, as `jq` and `kubectl get -o json` write them. Everything else is one part.
pub(super) fn parts(text: &str) -> Vec<(Place, &str)> {
    let mut parts = Vec::new();
    let mut rest = text;
    let mut place = Place { line: 1, column: 1 };
    while rest.trim_start().starts_with('{') {
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<serde::de::IgnoredAny>();
        let Some(Ok(_)) = values.next() else { break };
        let (object, after) = rest.split_at(values.byte_offset());
        if !after.trim_start().starts_with('{') {
            break;
        }
        parts.push((place, object));
        place = behind(place, object);
        rest = after;
    }
    parts.push((place, rest));
    parts
}

/// The place behind a text that begins at `place`.
fn behind(place: Place, text: &str) -> Place {
    let clamp = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let lines = clamp(text.matches('\n').count());
    match text.rsplit_once('\n') {
        Some((_, last)) => {
            Place { line: place.line.saturating_add(lines), column: clamp(last.chars().count()).saturating_add(1) }
        }
        None => Place { line: place.line, column: place.column.saturating_add(clamp(text.chars().count())) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c1_marks_before_content_go_and_those_in_it_stay() {
        for (text, clean) in [
            ("\u{feff}a: 1\n", "a: 1\n"),
            ("a: 1\n---\n\u{feff}b: 2\n", "a: 1\n---\nb: 2\n"),
            ("a: 1\n---\n\u{feff}# note\n\u{feff}b: 2\n", "a: 1\n---\n# note\nb: 2\n"),
            ("a: 1\n\u{feff}---\nb: 2\n", "a: 1\n---\nb: 2\n"),
            ("a: 1\n--- # joined\n\n\u{feff}b: 2\n", "a: 1\n--- # joined\n\nb: 2\n"),
            ("a: |\n  x\n\u{feff}b: 2\n", "a: |\n  x\n\u{feff}b: 2\n"),
            ("a: \"\u{feff}\"\n", "a: \"\u{feff}\"\n"),
            ("--- a\n\u{feff}b\n", "--- a\n\u{feff}b\n"),
        ] {
            assert_eq!(without_marks(text), clean, "{text:?}");
        }
    }

    #[test]
    fn c1_json_objects_one_after_the_other_are_parts() {
        let text = "{\"a\": \"}{\"}\n{\n  \"b\": 2\n} {\"c\": 3}\n";
        let place = |line, column| Place { line, column };
        assert_eq!(
            parts(text),
            [(place(1, 1), "{\"a\": \"}{\"}"), (place(1, 12), "\n{\n  \"b\": 2\n}"), (place(4, 2), " {\"c\": 3}\n")]
        );
        for whole in ["{a: b}\n", "a: {}\n", "{\"a\": 1}\n---\n{\"b\": 2}\n", "{\"a\": [1}\n{\"b\": 2}\n", ""] {
            assert_eq!(parts(whole), [(place(1, 1), whole)], "{whole:?}");
        }
    }
}
