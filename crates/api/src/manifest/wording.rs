//! Why a text is refused, in words that help: which character, where, and what to write instead.
//!
//! Invariant: no text is shown, only code points and positions, and of an address at most its domain in the form that a
//! mail server needs.

use super::encrypted::Encrypted;
use crate::address::SmtpAddress;

/// Message and remedy of a text that does not match a pattern. A pattern that has no words is shown itself: it is ours, not
/// the manifest's.
pub(super) fn of(pattern: &str, text: &str) -> (String, String) {
    use crate::v1alpha1::patterns;
    let (message, remedy) = match pattern {
        crate::address::ADDRESS_PATTERN => return address(text),
        patterns::PHONE => return phone(text),
        patterns::DOMAIN => return domain(text),
        crate::duration::DURATION_PATTERN => ("is not a duration", "Write it as in 90s, 10m or 1h30m."),
        patterns::UUID => ("is not an id", "Write the id's 36 characters: 8-4-4-4-12 hexadecimal digits."),
        patterns::DATE => ("is not a day", "Write it as in \"2026-01-31\"."),
        patterns::SIGN_IN_NAME => ("is not a sign-in name", "Write the user principal name: name@example.com."),
        patterns::HASH => ("is not a hash", "Copy the 32 hexadecimal digits that the plan shows."),
        patterns::URL => ("is not a web address", "Write it with http:// or https://, without blanks."),
        other => return (format!("does not match {other}"), "Correct the value.".to_owned()),
    };
    explained(message, common(text).unwrap_or_else(|| (String::new(), remedy.to_owned())))
}

fn explained(message: &str, (why, remedy): (String, String)) -> (String, String) {
    (if why.is_empty() { message.to_owned() } else { format!("{message}: {why}") }, remedy)
}

/// What is wrong with a text that is to be a mail address.
pub(crate) fn address(text: &str) -> (String, String) {
    let remedy = |remedy: &str| remedy.to_owned();
    let why = common(text).or_else(|| {
        let lower = text.to_ascii_lowercase();
        if let Some(scheme) = ["mailto:", "smtp:", "sip:"].into_iter().find(|scheme| lower.starts_with(scheme)) {
            return Some((format!("it begins with `{scheme}`"), format!("Write the address alone, without `{scheme}`.")));
        }
        if text.matches('@').count() > 1 && text.contains([';', ',']) {
            let separator = at(text, |c| matches!(c, ';' | ','))?;
            return Some((
                format!("it holds several addresses, with {separator} between them"),
                remedy("Write each address as an item of its own, on its own line with a dash."),
            ));
        }
        if text.contains(['<', '>']) {
            let bracket = at(text, |c| matches!(c, '<' | '>'))?;
            return Some((format!("it has {bracket}"), remedy("Write only what stands between < and >: name@example.com.")));
        }
        let local = text.split_once('@').map_or(text, |(local, _)| local);
        let taken = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-@".contains(c);
        if let Some(odd) = at(local, |c| !taken(c)) {
            return Some((
                format!("the part before '@' has {odd}, which Exchange does not take"),
                remedy("Write the address as the mailbox has it: letters without accents, digits, and . _ - + and the like."),
            ));
        }
        let domain = text.split_once('@').map(|(_, domain)| domain)?;
        wrong_domain(text, domain)
    });
    let why = why.unwrap_or_else(|| {
        let why = text.parse::<SmtpAddress>().err().map(|error| error.to_string()).unwrap_or_default();
        (why, remedy("Write one plain address: name@example.com."))
    });
    explained("is not a mail address", why)
}

fn domain(text: &str) -> (String, String) {
    let why = common(text).or_else(|| wrong_domain(text, text));
    let why = why.unwrap_or_else(|| (String::new(), "Write the domain alone, as in example.com.".to_owned()));
    explained("is not a domain name", why)
}

/// What is wrong with the domain, which is `text` or its end.
fn wrong_domain(text: &str, domain: &str) -> Option<(String, String)> {
    let before = text.chars().count() - domain.chars().count();
    if let Some(odd) = at_after(domain, before, |c| !c.is_ascii()) {
        let remedy = match idna::domain_to_ascii(domain) {
            Ok(ascii) if ascii.starts_with("xn--") || ascii.contains(".xn--") => {
                format!("Write the domain in the form that mail servers use: {ascii}.")
            }
            _ => "Write the domain as mail servers have it, in ASCII (`xn--…` for letters beyond it).".to_owned(),
        };
        return Some((format!("the domain has {odd}"), remedy));
    }
    if domain.starts_with('[') {
        let remedy = "Write the name of a domain: Exchange takes no address of a host in brackets.".to_owned();
        return Some(("an IP address stands in place of the domain".to_owned(), remedy));
    }
    if domain.ends_with('.') {
        return Some(("the domain ends with a dot".to_owned(), "Delete the dot at the end.".to_owned()));
    }
    let odd = at_after(domain, before, |c| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-'))?;
    Some((format!("the domain has {odd}"), "Write the domain with letters, digits, hyphens and dots.".to_owned()))
}

fn phone(text: &str) -> (String, String) {
    let write = "Use digits, blanks and + ( ) . / - x, as in \"+1 425 555 0100\".";
    let why = common(text).or_else(|| {
        let lower = text.to_ascii_lowercase();
        if lower.starts_with("tel:") {
            return Some(("it begins with `tel:`".to_owned(), "Write the number alone, without `tel:`.".to_owned()));
        }
        if lower.contains("ext") {
            let remedy = "Write the extension behind an x, as in \"+1 425 555 0100 x5\".".to_owned();
            return Some(("an extension is written in words".to_owned(), remedy));
        }
        if let Some(odd) = at(text, |c| !c.is_ascii_digit() && !"+ ()./x-".contains(c)) {
            return Some((format!("it has {odd}"), write.to_owned()));
        }
        if text.chars().count() < 3 {
            return Some(("it is too short".to_owned(), "Write the whole number, with the country's code.".to_owned()));
        }
        let remedy = "Begin with +, a digit or an opening bracket, and use at most 64 characters.".to_owned();
        Some(("it begins with another character than +, a digit or (, or is too long".to_owned(), remedy))
    });
    explained("is not a phone number", why.unwrap_or_else(|| (String::new(), write.to_owned())))
}

/// What is wrong with a text whatever it is to be: it stands for another one, is a placeholder, or has a character that
/// nobody sees.
fn common(text: &str) -> Option<(String, String)> {
    if let Some(encrypted) = Encrypted::of(text) {
        return Some((format!("it {}", encrypted.what()), encrypted.remedy().to_owned()));
    }
    if ["{{", "${", "$("].iter().any(|opening| text.contains(opening)) {
        let remedy =
            "Give this program what the template makes: `helm template`, `envsubst`, `kustomize build`.".to_owned();
        return Some(("it is a placeholder that nobody has filled in".to_owned(), remedy));
    }
    let blank = |c: char| c.is_whitespace();
    let last = text.chars().count();
    if text.ends_with(blank) {
        let odd = nth(text, last - 1)?;
        return Some((format!("it ends with {odd}"), "Delete the blank at the end.".to_owned()));
    }
    if text.starts_with(blank) {
        let odd = nth(text, 0)?;
        return Some((format!("it begins with {odd}"), "Delete the blank at the beginning.".to_owned()));
    }
    let odd = at(text, is_invisible)?;
    Some((format!("it has {odd}, which cannot be seen"), "Delete that character, or type the value again.".to_owned()))
}

/// Whether a reader does not see the character, or takes it for a plain blank.
pub(super) fn is_invisible(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
        )
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}')
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// The first character that fits, by code point, name and position.
pub(super) fn at(text: &str, fits: impl Fn(char) -> bool) -> Option<String> {
    at_after(text, 0, fits)
}

fn at_after(text: &str, before: usize, fits: impl Fn(char) -> bool) -> Option<String> {
    let (index, c) = text.chars().enumerate().find(|(_, c)| fits(*c))?;
    Some(described(c, before + index))
}

fn nth(text: &str, index: usize) -> Option<String> {
    text.chars().nth(index).map(|c| described(c, index))
}

fn described(c: char, index: usize) -> String {
    let code = u32::from(c);
    let name = match c {
        ' ' => " (space)",
        '\t' => " (tab)",
        '\n' => " (line feed)",
        '\r' => " (carriage return)",
        '\u{a0}' => " (no-break space)",
        '\u{ad}' => " (soft hyphen)",
        '\u{200b}' => " (zero-width space)",
        '\u{200c}' => " (zero-width non-joiner)",
        '\u{200d}' => " (zero-width joiner)",
        '\u{200e}' => " (left-to-right mark)",
        '\u{200f}' => " (right-to-left mark)",
        '\u{202a}' => " (left-to-right embedding)",
        '\u{202b}' => " (right-to-left embedding)",
        '\u{202c}' => " (end of a direction)",
        '\u{202d}' | '\u{202e}' => " (direction override)",
        '\u{202f}' => " (narrow no-break space)",
        '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2013}' | '\u{2014}' | '\u{2212}' => {
            " (a dash that is not the plain hyphen)"
        }
        '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' => " (a typographic quotation mark)",
        '\u{2060}' => " (word joiner)",
        '\u{feff}' => " (byte-order mark)",
        _ => "",
    };
    format!("U+{code:04X}{name} as character {}", index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v1alpha1::patterns;

    #[test]
    fn c1_an_address_is_told_which_character_is_wrong_and_what_to_write() {
        for (text, message, remedy) in [
            ("noc@contoso.com ", "ends with U+0020 (space) as character 16", "Delete the blank at the end"),
            ("noc@contoso.com\n", "ends with U+000A (line feed) as character 16", "at the end"),
            ("\u{a0}noc@contoso.com", "begins with U+00A0 (no-break space)", "at the beginning"),
            (
                "noc\u{200b}@contoso.com",
                "U+200B (zero-width space) as character 4, which cannot be seen",
                "Delete that",
            ),
            ("noc@con\u{ad}toso.com", "U+00AD (soft hyphen) as character 8", "Delete that"),
            ("<noc@contoso.com>", "U+003C as character 1", "between < and >"),
            ("NOC <noc@contoso.com>", "U+003C as character 5", "between < and >"),
            ("mailto:noc@contoso.com", "begins with `mailto:`", "without `mailto:`"),
            ("SMTP:noc@contoso.com", "begins with `smtp:`", "without `smtp:`"),
            ("noc@contoso.com;soc@contoso.com", "several addresses, with U+003B as character 16", "item of its own"),
            ("noc@contoso.com, soc@contoso.com", "several addresses, with U+002C", "item of its own"),
            ("noc@b\u{fc}cher.example", "the domain has U+00FC as character 6", "xn--bcher-kva.example"),
            ("m\u{fc}ller@contoso.com", "before '@' has U+00FC as character 2", "without accents"),
            ("noc @contoso.com", "U+0020 (space) as character 4", "as the mailbox has it"),
            ("noc@contoso.com.", "ends with a dot", "Delete the dot"),
            ("noc@contoso", "not a domain name of at least two labels", "name@example.com"),
            ("noc@[192.0.2.1]", "an IP address", "name of a domain"),
            ("noc@cont_oso.com", "the domain has U+005F as character 9", "letters, digits"),
            ("a..b@contoso.com", "double dot", "one plain address"),
            ("${NOC}", "placeholder", "envsubst"),
            ("{{ .Values.noc }}", "placeholder", "helm template"),
            ("ENC[AES256_GCM,data:eA==,type:str]", "encrypted with SOPS", "Leave it as it is"),
        ] {
            let (said, advice) = address(text);
            assert!(said.starts_with("is not a mail address: "), "{text:?}: {said}");
            assert!(said.contains(message), "{text:?}: {said}");
            assert!(advice.contains(remedy), "{text:?}: {advice}");
            assert!(!said.contains("noc@") && !advice.contains("noc@"), "{text:?} is shown: {said} {advice}");
        }
    }

    #[test]
    fn c1_numbers_domains_and_other_texts_are_told_as_well() {
        for (pattern, text, message, remedy) in [
            (
                patterns::PHONE,
                "\u{202a}+1 206 555 0133\u{202c}",
                "U+202A (left-to-right embedding) as character 1",
                "Delete",
            ),
            (
                patterns::PHONE,
                "+1\u{2011}206\u{2011}555",
                "U+2011 (a dash that is not the plain hyphen) as character 3",
                "digits",
            ),
            (patterns::PHONE, "tel:+12065550133", "begins with `tel:`", "without `tel:`"),
            (patterns::PHONE, "+1 206 555 0133 ext 5", "extension", "x5"),
            (patterns::PHONE, "+1 206 555 0133;ext=5", "extension", "x5"),
            (patterns::PHONE, "0", "too short", "whole number"),
            (patterns::PHONE, "++1 206 555 0133 or 0134", "U+006F as character 18", "digits"),
            (patterns::DOMAIN, "b\u{fc}cher.example", "U+00FC as character 2", "xn--bcher-kva.example"),
            (patterns::DOMAIN, "contoso.com\u{200b}", "U+200B (zero-width space) as character 12", "Delete"),
            (patterns::UUID, "11111111-2222-3333-4444-555555555555 ", "ends with U+0020 (space)", "at the end"),
            (patterns::SIGN_IN_NAME, "jane\u{a0}doe@contoso.com\t", "ends with U+0009 (tab)", "at the end"),
        ] {
            let (said, advice) = of(pattern, text);
            assert!(said.contains(message), "{text:?}: {said}");
            assert!(advice.contains(remedy), "{text:?}: {advice}");
        }
    }
}
