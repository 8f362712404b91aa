//! Names as a reader may see them.
//!
//! Invariant: what comes out holds no control character, no escape sequence, nothing that turns the direction of text, and
//! nothing invisible that could hide one name behind another.

/// Longest text of a tenant's that is shown whole: a display name in Entra has at most 256 characters, and a sentence of ours
/// may name three.
const LONGEST: usize = 1000;

/// Names and values come from outside: a terminal must not obey them, and a reader must not be led astray by them.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if is_treacherous(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// The same in at most so many characters; what was cut ends in an ellipsis.
fn shortened(text: &str, most: usize) -> String {
    let text = printable(text);
    if text.chars().count() <= most {
        return text;
    }
    let mut cut: String = text.chars().take(most.saturating_sub(1)).collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

/// A text of the tenant's as reports keep it: printable, and bounded.
pub(crate) fn bounded(text: &str) -> String {
    shortened(text, LONGEST)
}

/// Whether a character does something else than to be seen. U+200C and U+200D stay: names in several scripts need them.
fn is_treacherous(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' // direction
            | '\u{2028}' | '\u{2029}' // line and paragraph separators
            | '\u{00AD}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}' | '\u{2060}'..='\u{2064}' | '\u{3164}'
            | '\u{FEFF}' | '\u{FFA0}' // invisible
            | '\u{206A}'..='\u{206F}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}' // deprecated formats, tags
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_gets_no_escape_sequence_and_no_reader_a_turned_name() {
        for hostile in
            ["\u{1b}[31m", "a\r\nb", "\u{9b}2J", "\u{202e}moc.osotnoc", "a\u{200b}b", "\u{e0041}", "\u{2028}"]
        {
            let shown = printable(hostile);
            assert!(shown.contains(char::REPLACEMENT_CHARACTER), "{hostile:?}");
            assert!(!shown.chars().any(is_treacherous), "{hostile:?}");
        }
        assert_eq!(printable("Zoë O'Brien 山田 می‌خواهم"), "Zoë O'Brien 山田 می‌خواهم");
    }

    #[test]
    fn a_long_name_is_cut_at_a_character() {
        assert_eq!(shortened("äöüäöü", 4), "äöü…");
        assert_eq!(shortened("äöü", 3), "äöü");
        assert_eq!(bounded(&"x".repeat(100_000)).chars().count(), LONGEST);
    }
}
