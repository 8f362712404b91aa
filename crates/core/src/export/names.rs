//! Names of objects, made from names of accounts.

use std::collections::BTreeSet;

use crate::landscape::Landscape;

/// Longest name of an object that everything in Kubernetes takes (a DNS label).
const LONGEST: usize = 63;

/// What is called so has no letter or digit of ASCII in its name.
const NAMELESS: &str = "account";

/// Gives each account a name of its own; equal accounts in equal order get equal names.
#[derive(Clone, Debug, Default)]
pub struct Names(BTreeSet<String>);

impl Names {
    /// Names that no object has yet.
    pub fn beside<'a>(taken: impl IntoIterator<Item = &'a str>) -> Self {
        Self(taken.into_iter().map(str::to_owned).collect())
    }

    /// `helena.marsh@contoso.com` becomes `helena-marsh`; the second of that name `helena-marsh-2`.
    pub fn of(&mut self, sign_in_name: &str) -> String {
        let local = sign_in_name.split('@').next().unwrap_or_default();
        let mut name = String::new();
        for c in local.chars().map(|c| c.to_ascii_lowercase()) {
            match c {
                'a'..='z' | '0'..='9' => name.push(c),
                _ if name.ends_with('-') || name.is_empty() => {}
                _ => name.push('-'),
            }
        }
        // Room for a number that tells namesakes apart.
        name.truncate(LONGEST - 6);
        let name = name.trim_end_matches('-');
        let name = if name.is_empty() { NAMELESS } else { name };
        let mut chosen = name.to_owned();
        let mut number = 2;
        while !self.0.insert(chosen.clone()) {
            chosen = format!("{name}-{number}");
            number += 1;
        }
        chosen
    }
}

/// What an organization's objects are called: by its name as portals show it, or else by its first domain. `None` where
/// neither can be read.
pub(super) fn of_organization(landscape: &Landscape) -> Option<String> {
    let named = landscape.display_name.present().map(|name| Names::default().of(&name.replace('@', " ")));
    let spoken = named.filter(|name| name != NAMELESS);
    spoken.or_else(|| {
        let domains = landscape.domains.present()?;
        let (domain, _) = domains.iter().find(|(_, domain)| domain.initial)?;
        Some(Names::default().of(domain.split('.').next()?)).filter(|name| name != NAMELESS)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_dns_label_and_no_two_accounts_share_one() {
        assert_eq!(Names::beside(["helena-marsh"]).of("helena.marsh@contoso.com"), "helena-marsh-2");
        let mut names = Names::default();
        let mut of = |name: &str| names.of(name);
        assert_eq!(of("Helena.Marsh@contoso.com"), "helena-marsh");
        assert_eq!(of("helena_marsh@fabrikam.example"), "helena-marsh-2");
        assert_eq!(of("nora.whitfield_example.org#EXT#@contoso.onmicrosoft.com"), "nora-whitfield-example-org-ext");
        assert_eq!(of("...@contoso.com"), "account");
        assert_eq!(of("ÅÄÖ@contoso.com"), "account-2");
        let long = of(&format!("{}@contoso.com", "a".repeat(64)));
        assert!(long.len() <= LONGEST, "{long}");
        let longer = of(&format!("{}@contoso.com", "a".repeat(64)));
        assert!(longer.len() <= LONGEST && longer != long, "{longer}");
    }
}
