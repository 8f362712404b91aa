//! How many columns of a terminal a text takes, and texts made to fit so many.
//!
//! Invariant: everything that is aligned, wrapped or cut for a terminal is measured here. A character of Chinese, Japanese or
//! Korean takes two columns, and a combining mark none.

use unicode_width::UnicodeWidthStr as _;

/// The columns that a text takes: one without control characters and escape sequences.
pub fn width(text: &str) -> usize {
    text.width()
}

/// As much of the beginning of a text as fits.
pub fn beginning(text: &str, columns: usize) -> &str {
    let ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
    let fits = |end: &usize| text.get(..*end).is_some_and(|part| width(part) <= columns);
    let end = ends.take_while(fits).last().unwrap_or_default();
    text.get(..end).unwrap_or_default()
}

/// A text with blanks behind it, in so many columns; a longer one stays as it is.
pub(crate) fn padded(text: &str, columns: usize) -> String {
    let blanks = columns.saturating_sub(width(text));
    format!("{text}{:blanks$}", "")
}

/// A text in at most so many columns; what was cut ends in an ellipsis.
pub(crate) fn shortened(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    format!("{}…", beginning(text, columns.saturating_sub(1)).trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Five letters, one of them with its accent as a character of its own.
    const COMBINING: &str = "Zoe\u{308}ya";

    #[test]
    fn wide_characters_take_two_columns_and_combining_ones_none() {
        assert_eq!(width("Zoë"), 3);
        assert_eq!((width(COMBINING), COMBINING.chars().count()), (5, 6));
        assert_eq!((width("山田太郎"), "山田太郎".chars().count()), (8, 4));
        assert_eq!(width("김철수"), 6);
    }

    #[test]
    fn what_is_padded_ends_at_the_same_column() {
        for text in ["Zoey", COMBINING, "山田太郎", ""] {
            assert_eq!(width(&padded(text, 10)), 10, "{text}");
        }
        assert_eq!(padded("山田太郎", 10), "山田太郎  ");
        assert_eq!(padded("山田太郎", 7), "山田太郎");
    }

    #[test]
    fn what_is_cut_fits_and_no_accent_leaves_its_letter() {
        assert_eq!(beginning("山田太郎", 5), "山田");
        assert_eq!(beginning(COMBINING, 3), "Zoe\u{308}");
        assert_eq!(beginning("Zoey", 9), "Zoey");
        assert_eq!(shortened("山田太郎", 8), "山田太郎");
        assert_eq!(shortened("山田太郎", 7), "山田太…");
        assert_eq!(shortened("山田太郎", 6), "山田…");
        assert_eq!(shortened(COMBINING, 4), "Zoe\u{308}…");
        assert_eq!(shortened("one two", 5), "one…");
    }
}
