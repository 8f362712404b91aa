//! What a plan would do to who receives notices, as a Tenant's status says it.
//!
//! Invariant: bounded whatever the size of the tenant: eleven kinds of notices, a handful of short names each; no address
//! outside the organization in full.

use tenant_contacts_api::{address, notice::Reach, reason::Reason, status::ConsequenceStatus};

use super::facts::TenantFacts;
use crate::{
    consequences::{Consequence, MOST_LEFT},
    lint::{self, Place},
    plan::Plan,
};

/// Characters of a name: a display name in Entra may have 256, and nobody needs more than these to know whom it means.
const LONGEST_NAME: usize = 64;

/// What a plan would do, first what asks for an approval.
pub(super) fn said(facts: &TenantFacts<'_>, plan: &Plan) -> Vec<ConsequenceStatus> {
    // Another address for the same people is what steps say; here it is people who count.
    let of_people = |one: &&Consequence| one.before != one.after || !one.gains.is_empty() || !one.loses.is_empty();
    let mut said: Vec<ConsequenceStatus> =
        plan.consequences.iter().filter(of_people).map(|one| status(facts, one)).collect();
    said.sort_by_key(|one| one.gate.is_none()); // stable: otherwise in the order of the categories
    said
}

fn status(facts: &TenantFacts<'_>, of: &Consequence) -> ConsequenceStatus {
    let count = |people: usize| u32::try_from(people).unwrap_or(u32::MAX);
    let names = |names: &[Box<str>]| names.iter().take(MOST_LEFT).map(|one| name(facts, one)).collect();
    ConsequenceStatus {
        category: of.category,
        before: of.before,
        after: of.after,
        people_before: count(of.people_before),
        people_after: count(of.people_after),
        people_lost: count(of.loses.len()),
        gate: of.gate(facts.tenant.minimum_recipients),
        left: names(&of.left),
        loses: names(&of.loses),
    }
}

/// A name is anybody's words: on one line, cut, and no private address.
fn name(facts: &TenantFacts<'_>, label: &str) -> String {
    let outside =
        label.contains('@') && lint::place(label, &facts.tenant.own_domains, facts.observation) != Place::Inside;
    let shown = if outside { address::mask(label) } else { label.to_owned() };
    let mut short: String = shown.chars().take(LONGEST_NAME).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if shown.chars().nth(LONGEST_NAME).is_some() {
        short.pop();
        short.push('…');
    }
    short
}

/// The part of a condition's message that says which categories ask for an approval, and who would be left.
pub(super) fn in_words(consequences: &[ConsequenceStatus]) -> String {
    let gated = consequences.iter().filter_map(|one| {
        let now = one.people_before;
        let now = format!("{now} {} now", if now == 1 { "person" } else { "people" });
        let category = one.category;
        Some(match one.gate? {
            Reason::EmptiesCategory if one.after == Reach::NobodyKnown => {
                format!("no known recipient would receive {category} ({now})")
            }
            Reason::EmptiesCategory => format!("nobody would receive {category} ({now})"),
            _ if one.left.is_empty() => format!("nobody would be certain to receive {category} ({now})"),
            _ => format!("only {} would receive {category} ({now})", one.left.join(" and ")),
        })
    });
    gated.fold(String::new(), |words, one| words + "; " + &one)
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::notice::Category;

    use super::*;

    fn status(category: Category, gate: Option<Reason>, people: (u32, u32), left: &[&str]) -> ConsequenceStatus {
        ConsequenceStatus {
            category,
            before: Reach::SeveralPeople,
            after: Reach::Nobody,
            people_before: people.0,
            people_after: people.1,
            people_lost: people.0 - people.1,
            gate,
            left: left.iter().map(|one| (*one).to_owned()).collect(),
            loses: Vec::new(),
        }
    }

    #[test]
    fn a_condition_names_only_the_categories_that_ask_for_an_approval() {
        use Reason::{BelowMinimumRecipients, EmptiesCategory};
        let said = in_words(&[
            status(Category::Privacy, Some(EmptiesCategory), (1, 0), &[]),
            status(Category::Marketing, Some(BelowMinimumRecipients), (3, 1), &["Ann"]),
            status(Category::Billing, Some(BelowMinimumRecipients), (3, 0), &[]),
            status(Category::SecurityAndCompliance, None, (3, 2), &["Ann", "Bob"]),
        ]);
        assert_eq!(
            said,
            "; nobody would receive Privacy (1 person now); only Ann would receive Marketing (3 people now); \
             nobody would be certain to receive Billing (3 people now)"
        );
        assert_eq!(in_words(&[]), "");
    }
}
