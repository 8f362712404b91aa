//! Which grants would tell most of what an answer leaves unknown.

use std::collections::BTreeMap;

use tenant_contacts_api::{field::Surface, notice::Category};

use super::Answer;
use crate::grant::{self, Grant};

/// A grant, and what it would tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    /// What to grant.
    pub grant: Grant,
    /// Kinds of notices whose answer is unknown for want of it; other things may stand in the way beside.
    pub categories: Vec<Category>,
}

/// The grants that would tell something of what is unknown, those first that bear on most kinds of notices; of equals in the
/// order in which reading a whole tenant names them. `only`: of that kind of notices alone.
pub fn telling(answer: &Answer, only: Option<Category>) -> Vec<Telling> {
    let mut found: BTreeMap<Grant, Vec<Category>> = BTreeMap::new();
    for (category, missing) in &answer.lacking {
        if only.is_some_and(|only| only != *category) {
            continue;
        }
        for grant in missing.iter().flat_map(|permission| Grant::of(permission)) {
            let categories = found.entry(grant).or_default();
            // The application permission and the role for Exchange may each be missing somewhere.
            if categories.last() != Some(category) {
                categories.push(*category);
            }
        }
    }
    let order = grant::reading(Surface::Report);
    let place = |grant: &Grant| order.iter().position(|one| one == grant).unwrap_or(order.len());
    let mut found: Vec<_> = found.into_iter().map(|(grant, categories)| Telling { grant, categories }).collect();
    found.sort_by_key(|one| (std::cmp::Reverse(one.categories.len()), place(&one.grant), one.grant));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::{BILLING_ROLE, EXCHANGE_APPLICATION, EXCHANGE_ROLE, PARTNER_ACCESS};

    fn ranked(lacking: &[(Category, &[&'static str])], only: Option<Category>) -> Vec<(&'static str, usize)> {
        let lacking = lacking.iter().map(|(category, missing)| (*category, missing.iter().copied().collect()));
        let answer = Answer { lacking: lacking.collect(), ..Answer::default() };
        telling(&answer, only).into_iter().map(|one| (one.grant.name(), one.categories.len())).collect()
    }

    #[test]
    fn c4_what_bears_on_most_kinds_of_notices_comes_first_and_of_equals_the_order_is_fixed() {
        let all: &[(Category, &[&'static str])] = &[
            (Category::Billing, &[BILLING_ROLE, EXCHANGE_APPLICATION]),
            (Category::Privacy, &["User.Read.All", EXCHANGE_APPLICATION, EXCHANGE_ROLE]),
            (Category::PartnerVerification, &[PARTNER_ACCESS, "Domain.Read.All", EXCHANGE_APPLICATION]),
        ];
        let expected = [
            ("Exchange.ManageAsApp", 3),
            ("Global Reader", 3),
            ("Domain.Read.All", 1),
            ("User.Read.All", 1),
            ("Billing account reader", 1),
        ];
        assert_eq!(ranked(all, None), expected);
        let of_billing = [("Exchange.ManageAsApp", 1), ("Global Reader", 1), ("Billing account reader", 1)];
        assert_eq!(ranked(all, Some(Category::Billing)), of_billing);
        assert_eq!(ranked(&[], None), []);
        assert_eq!(ranked(&[(Category::PartnerVerification, &[PARTNER_ACCESS])], None), []);
    }
}
