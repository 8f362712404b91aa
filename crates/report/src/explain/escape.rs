//! Anybody's words in somebody's syntax.
//!
//! Invariant: what comes in is already printable ([`crate::printable`]), so what is left to neutralise is syntax.

/// In text and in quoted attributes of HTML and XML.
pub(super) fn markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // No characters of XML 1.0 (production 2), in no spelling.
            '\u{FFFE}' | '\u{FFFF}' => out.push(char::REPLACEMENT_CHARACTER),
            c => out.push(c),
        }
    }
    out
}

/// A sentence in Markdown: no emphasis, no link, no markup, no cell of a table, and nobody mentioned.
pub(super) fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A mention is a mention however its sign is spelt; a comment behind it ends it. So with links.
            '@' if !before.is_alphanumeric() => out.push_str("@<!-- -->"),
            '/' if before == ':' => out.push_str("<!-- -->/"),
            '.' if before == 'w' || before == 'W' => out.push_str("<!-- -->."),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '+' | '!' | '|' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
        before = c;
    }
    out
}

/// A name in Markdown, as code: kept to the letter, also in a table's cell.
pub(super) fn markdown_code(text: &str) -> String {
    // Read as it stands, too: the blanks are only for names that need them.
    if !text.is_empty() && !text.contains(['`', '|', ' ']) {
        return format!("`{text}`");
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // A blank within is taken off again, on both sides, and keeps a tick of the name from the fence.
    format!("{fence} {} {fence}", text.replace('|', "\\|"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_has_no_way_out_of_text_or_attribute() {
        assert_eq!(markup("<a b='\"'>&\u{FFFF}"), "&lt;a b=&#39;&quot;&#39;&gt;&amp;\u{FFFD}");
    }

    #[test]
    fn markdown_mentions_nobody_links_nowhere_and_ends_no_cell() {
        assert_eq!(markdown("@ann | [x](y) <b>"), "@<!-- -->ann \\| \\[x\\]\\(y\\) &lt;b&gt;");
        assert_eq!(markdown("http://x www.y a@b.example"), "http:<!-- -->//x www<!-- -->.y a@b.example");
        assert_eq!(markdown_code("a``b|"), "``` a``b\\| ```");
        assert_eq!(markdown_code("ann@contoso.com"), "`ann@contoso.com`");
    }
}
