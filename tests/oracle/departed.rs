//! Whoever has left and is given the mail of a notice by somebody else's list, forwarding, rule or contact (DOMAIN A3).

use std::collections::BTreeSet;

use tenant_contacts_api::{notice::Category, rule::Rule};
use tenant_contacts_core::answer::{Answer, NodeKind, Subject};
use tenant_contacts_simulator::{Seed, UserSeed};

use crate::{arrivals, tally::Tally, truth::Truth};

/// Every way that mail takes to the mailbox of a disabled account, by way of another recipient, is found at a place on it. Marketing
/// mail goes to every address there is.
pub fn compare(number: u64, seed: &Seed, answer: &Answer, truth: &Truth, tally: &mut Tally) {
    let left = |address: &str| {
        let of = |user: &&UserSeed| {
            let primary = user.proxy_addresses.iter().flatten().find_map(|one| one.strip_prefix("SMTP:"));
            [primary, user.mail.as_deref(), Some(user.upn.as_str())]
                .into_iter()
                .flatten()
                .next()
                .is_some_and(|one| same(one, address))
        };
        let persons = seed.exchange.mailboxes.iter().any(|mailbox| same(&mailbox.user, address));
        persons && seed.users.iter().filter(of).any(|user| !user.account_enabled)
    };
    let found: BTreeSet<String> = answer
        .findings
        .iter()
        .filter(|finding| finding.rule == Rule::DepartedAddress)
        .filter_map(|finding| match &finding.subject {
            Subject::Recipient { name } => Some(name.to_lowercase()),
            _ => None,
        })
        .collect();
    let Some(marketing) = answer.category(Category::Marketing) else { return };
    for end in marketing.recipients.iter().filter_map(tenant_contacts_core::answer::Chosen::end) {
        let NodeKind::Address(address) = &answer.node(end).unwrap().kind else { continue };
        if arrivals::is_open(answer, end) {
            continue;
        }
        for path in truth.ways_in(address, &truth.senders(Category::Marketing)) {
            let Some((last, before)) = path.split_last() else { continue };
            // To the mailbox itself, by whichever of its addresses.
            if before.iter().all(|one| same(one, last))
                || before.len() < 2 && same(&before[0], address) && !is_other(seed, address, last)
            {
                continue;
            }
            if left(last) {
                let said = before.iter().any(|one| found.contains(&one.to_lowercase()));
                tally.count(format!("given to somebody who left: {}", if said { "found" } else { "not found" }));
                if !said {
                    tally.differs("given to somebody who left, and not found", format!("tenant {number}: {path:?}"));
                }
            }
        }
    }
}

/// Whether an address is another recipient's than the mailbox at `mailbox`.
fn is_other(seed: &Seed, address: &str, mailbox: &str) -> bool {
    let own = seed
        .users
        .iter()
        .filter(|user| same(&user.upn, mailbox))
        .flat_map(|user| user.proxy_addresses.iter().flatten());
    !own.filter_map(|one| one.split_once(':')).any(|(_, one)| same(one, address))
}

fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}
