//! Distinguished names (RFC 4514), as far as they have to be compared.

use tenant_contacts_core::landscape::fold;

/// A distinguished name as it is compared: folded, without spaces around its parts, with its escapes undone. Two texts are one
/// name if these are equal. `None`: it is none, or cannot be read as one.
pub(super) fn normal(text: &str) -> Option<String> {
    let mut parts: Vec<(String, String)> = Vec::new();
    for part in split(text)? {
        let (attribute, value) = part.split_once('=')?;
        let attribute = attribute.trim().to_lowercase();
        if attribute.is_empty() || !attribute.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.') {
            return None;
        }
        parts.push((attribute, fold(&unescaped(value.trim())?).into_string()));
    }
    // What stands below no domain is no object's: `cn=x` may be anybody's name.
    let is_object = parts.len() > 1 && parts.first()?.0 == "cn" && parts.last()?.0 == "dc";
    // A value may hold any character but the one that none can hold.
    is_object.then(|| parts.iter().flat_map(|(attribute, value)| [&**attribute, "=", &**value, "\0"]).collect())
}

/// The parts between commas that are not escaped.
fn split(text: &str) -> Option<Vec<&str>> {
    let (mut parts, mut start, mut escaped) = (Vec::new(), 0, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ',' => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            // A quoted value is of an older form, which Exchange does not print.
            '"' => return None,
            _ => {}
        }
    }
    parts.push(&text[start..]);
    (!escaped).then_some(parts)
}

/// A value without its escapes: `\,` is a comma, and `\2C` as well.
fn unescaped(value: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        let pair = rest.get(..2).filter(|pair| pair.iter().all(u8::is_ascii_hexdigit));
        let pair = pair.and_then(|pair| std::str::from_utf8(pair).ok());
        if let Some(byte) = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            bytes.push(byte);
            rest = rest.get(2..)?;
        } else {
            let (escaped, after) = rest.split_first()?;
            bytes.push(*escaped);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_is_equal_however_it_is_written() {
        let same = [
            r"CN=Smith\, Ann,OU=contoso.com,DC=prod,DC=com",
            r"cn=Smith\2C Ann, ou=Contoso.com, DC=PROD, DC=com",
            r"CN=smith\2c ann,OU=contoso.com,DC=prod,DC=com",
        ];
        for text in same {
            assert_eq!(normal(text), normal(same[0]), "{text}");
            assert!(normal(text).is_some(), "{text}");
        }
        for other in [
            r"CN=Smith,OU=Ann,OU=contoso.com,DC=prod,DC=com",
            r"CN=Smith\, Ann,DC=prod,DC=com",
            r"CN=Smith\, Ann,OU=contoso.com,DC=prod,DC=com\,",
        ] {
            assert_ne!(normal(other), normal(same[0]), "{other}");
        }
    }

    #[test]
    fn what_is_no_distinguished_name_is_none() {
        for text in [
            "",
            "Ann",
            "cn=Ann",
            "OU=x,DC=com",
            "CN=Ann,OU=x",
            "Smith, Ann",
            "CN=\"Ann\",DC=com",
            "CN=Ann,DC=com\\",
            "a@b.c",
            "CN=\\FF,DC=x",
        ] {
            assert_eq!(normal(text), None, "{text}");
        }
    }
}
