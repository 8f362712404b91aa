//! The pages of rules as markup: so much of Markdown as they use, and no more. Their texts are this product's own.

use std::fmt::{self, Write as _};

use super::super::escape::markup;

/// Parts of a page that are not shown: what was found stands beside it already.
const LEFT_OUT: &[&str] = &["What you see"];

/// A page behind its title and its table, which says what the heading here says already: paragraphs, headings, lists and examples. Links lead to pages that are not here, and become their
/// words.
pub(super) fn page(text: &str, out: &mut String) -> fmt::Result {
    let mut shown = true;
    let (mut example, mut list) = (false, false);
    let mut paragraph = String::new();
    for line in text.lines().skip_while(|line| line.is_empty() || line.starts_with("# ") || line.starts_with('|')) {
        if let Some(heading) = line.strip_prefix("## ") {
            ended(&mut paragraph, &mut list, out)?;
            shown = !LEFT_OUT.contains(&heading);
            if shown {
                write!(out, "<h5>{}</h5>", markup(heading))?;
            }
            continue;
        }
        if !shown {
            continue;
        }
        if line.starts_with("```") {
            ended(&mut paragraph, &mut list, out)?;
            out.push_str(if example { "</pre>" } else { "<pre>" });
            example = !example;
        } else if example {
            writeln!(out, "{}", markup(line))?;
        } else if let Some(item) = line.strip_prefix("- ") {
            if !list {
                ended(&mut paragraph, &mut list, out)?;
                out.push_str("<ul>");
                list = true;
            }
            write!(out, "<li>{}</li>", inline(item))?;
        } else if line.is_empty() {
            ended(&mut paragraph, &mut list, out)?;
        } else {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(line);
        }
    }
    ended(&mut paragraph, &mut list, out)
}

/// Writes what is open, and closes it.
fn ended(paragraph: &mut String, list: &mut bool, out: &mut String) -> fmt::Result {
    if std::mem::take(list) {
        out.push_str("</ul>");
    }
    if !paragraph.is_empty() {
        write!(out, "<p>{}</p>", inline(paragraph))?;
    }
    paragraph.clear();
    Ok(())
}

/// A sentence with code, emphasis and links.
fn inline(text: &str) -> String {
    let mut out = String::new();
    for (at, part) in text.split('`').enumerate() {
        if at % 2 == 1 {
            out.push_str("<code>");
            out.push_str(&markup(part));
            out.push_str("</code>");
        } else {
            out.push_str(&markup(&without_links(part)).replace('*', ""));
        }
    }
    out
}

fn without_links(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, words, after)) = link(rest) {
        out.push_str(before);
        out.push_str(words);
        rest = after;
    }
    out + rest
}

/// What stands before the first link, its words, and what follows it.
fn link(text: &str) -> Option<(&str, &str, &str)> {
    let (start, middle) = (text.find('[')?, text.find("](")?);
    let end = middle + text.get(middle..)?.find(')')?;
    Some((text.get(..start)?, text.get(start + 1..middle)?, text.get(end + 1..)?))
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::rule::Rule;

    use super::*;

    fn shown(text: &str) -> String {
        let mut out = String::new();
        page(text, &mut out).unwrap();
        out
    }

    #[test]
    fn paragraphs_lists_code_and_links_are_shown_and_the_title_is_not() {
        let text = "# Title\n\n| | |\n|---|---|\n| Severity | Error |\n\nSees `a<b`\nand *more*.\n\n## What to do\n- One\n- See [two](two.md).\n\n## What you see\n```\nhidden\n```\n";
        let expected =
            "<p>Sees <code>a&lt;b</code> and more.</p><h5>What to do</h5><ul><li>One</li><li>See two.</li></ul>";
        assert_eq!(shown(text), expected);
    }

    #[test]
    fn c8_the_page_of_every_rule_can_be_shown_whole() {
        for rule in Rule::ALL {
            let shown = shown(rule.page());
            assert!(shown.contains("<h5>What to do</h5>"), "{rule}: {shown}");
            assert!(shown.starts_with("<p>") && !shown.contains('|'), "{rule}: {shown}");
            for left in ["](", "```", "`", "**", "##"] {
                assert!(!shown.contains(left), "{rule}: {left}: {shown}");
            }
            for (open, close) in [("<ul>", "</ul>"), ("<pre>", "</pre>"), ("<p>", "</p>")] {
                assert_eq!(shown.matches(open).count(), shown.matches(close).count(), "{rule}: {open}");
            }
        }
    }
}
