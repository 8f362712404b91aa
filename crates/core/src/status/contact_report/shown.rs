//! What of a text others may see in a cluster: no address of anybody outside the organization.

use tenant_contacts_api::{address, v1alpha1::LONGEST_MESSAGE};

use crate::{routing::NOTICE_SENDERS, status::facts::ReportFacts};

/// Words as others may see them: without addresses that are not the organization's, on one line, and cut.
pub(super) fn shown(facts: &ReportFacts<'_>, text: &str) -> String {
    let mut shown = String::new();
    for word in text.split_inclusive(|c: char| !is_of_an_address(c)) {
        let (token, end) = match word.char_indices().next_back().filter(|(_, last)| !is_of_an_address(*last)) {
            Some((place, _)) => word.split_at(place),
            None => (word, ""),
        };
        match token.rsplit_once('@') {
            Some((_, domain)) if !is_own(facts, domain) && !is_microsofts(token) => shown += &address::mask(token),
            _ => shown += token,
        }
        shown.extend(end.chars().map(|c| if c.is_control() { ' ' } else { c }));
    }
    if shown.chars().count() <= LONGEST_MESSAGE {
        return shown;
    }
    let mut cut: String = shown.chars().take(LONGEST_MESSAGE - 1).collect();
    cut.push('…');
    cut
}

/// A sentence may end with an address.
fn is_own(facts: &ReportFacts<'_>, domain: &str) -> bool {
    facts.own_domains.contains(domain.trim_end_matches('.').to_lowercase().as_str())
}

/// One of Microsoft's own senders is nobody's private address, and what a finding is about.
fn is_microsofts(token: &str) -> bool {
    NOTICE_SENDERS.iter().any(|sender| sender.address.eq_ignore_ascii_case(token.trim_end_matches('.')))
}

/// Everything that separates no words: an address is masked with whatever it is glued to.
fn is_of_an_address(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && !"()<>[]{}\"`,;:".contains(c)
}
