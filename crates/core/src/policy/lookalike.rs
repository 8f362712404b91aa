//! Domains that look like one of the organization's own: a slip of somebody who typed, or of somebody who hopes for one.

use std::collections::BTreeSet;

/// Letters from which a domain is long enough for two of them to differ and still be taken for the other: `contoso.com` has
/// eleven. In a shorter one two letters make another word.
const LONG: usize = 11;

/// The own domain that `domain` differs from by a letter or two: left out, added, swapped or another one.
pub(super) fn of<'a>(domain: &str, own: &'a BTreeSet<Box<str>>) -> Option<&'a str> {
    let near = |own: &&'a str| {
        let most = if own.len() >= LONG { 2 } else { 1 };
        // Whole domains are compared: what is added before a dot is a subdomain, and no slip.
        *own != domain && own.len().abs_diff(domain.len()) <= most && strsim::osa_distance(own, domain) <= most
    };
    own.iter().map(|own| &**own).find(near)
}

/// The same as the end of a sentence; empty where there is none.
pub(super) fn note(domain: &str, own: &BTreeSet<Box<str>>) -> String {
    of(domain, own).map_or_else(String::new, |own| {
        format!("; {domain} looks like {own} and is another domain: a typing error, or an attempt to exploit one")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c10_a_domain_that_differs_by_a_letter_or_two_looks_like_the_own_one() {
        let own: BTreeSet<Box<str>> = ["contoso.com".into(), "abc.de".into()].into();
        for alike in ["contosso.com", "contoso.co", "cnotoso.com", "c0nt0so.com", "contoso.cm"] {
            assert_eq!(of(alike, &own), Some("contoso.com"), "{alike}");
        }
        assert_eq!(of("abd.de", &own), Some("abc.de"));
        for other in ["contoso.com", "mail.contoso.com", "fabrikam.com", "xyz.de", "abdx.de"] {
            assert_eq!(of(other, &own), None, "{other}");
        }
    }
}
