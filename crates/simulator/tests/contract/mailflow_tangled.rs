//! What holds of mail flow in any tenant, over many random ones.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{options, simulator};
use serde_json::json;
use tenant_contacts_simulator::{End, Message, Seed, Simulator, UserSeed};

const TENANTS: u64 = 400;

fn from(address: &str) -> Message {
    Message::outside("microsoft-noreply@microsoft.com", address)
}

/// Every address of a tenant's recipients, and some of nobody.
fn addresses(simulator: &Simulator) -> Vec<String> {
    let truth = simulator.truth();
    let mut all: Vec<String> = truth["recipients"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["PrimarySmtpAddress"].as_str().map(str::to_owned))
        .collect();
    all.extend(["nobody@contoso.com", "far@relay.example", "x@outside.example"].map(str::to_owned));
    all.sort();
    all.dedup();
    all
}

fn kind(end: &End) -> String {
    let value = serde_json::to_value(end).unwrap();
    let part = |name: &str| value[name].as_str().map(|text| format!(" {text}")).unwrap_or_default();
    format!("{}{}{}{}", value["end"].as_str().unwrap(), part("reason"), part("by"), part("folder"))
}

#[test]
fn every_message_ends_and_every_end_is_met() {
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    for number in 0..TENANTS {
        let simulator = simulator(&Seed::tangled(number), options());
        let mailflow = simulator.mailflow();
        let enabled: BTreeSet<String> = simulator.truth()["users"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|user| user["accountEnabled"] == true && user["deletedDateTime"].is_null())
            .map(|user| user["id"].as_str().unwrap().to_owned())
            .collect();
        for address in addresses(&simulator) {
            let message = from(&address);
            let delivery = mailflow.deliver(&message);
            assert_eq!(delivery, mailflow.deliver(&message), "{number} {address}: deterministic");
            assert!(!delivery.outcomes.is_empty(), "{number} {address}");
            for outcome in &delivery.outcomes {
                assert_eq!(outcome.path[0].to_lowercase(), address.to_lowercase(), "{number}");
                *met.entry(kind(&outcome.end)).or_default() += 1;
            }
            let people = mailflow.who_gets(&message);
            assert!(people.iter().all(|id| enabled.contains(id)), "{number} {address}: F4 enabled accounts only");
            assert!(people.is_empty() || !delivery.inboxes().is_empty(), "{number} {address}");
        }
        for notice in simulator.notices() {
            assert!(notice.people.len() <= enabled.len());
        }
    }
    // The tenants are tangled enough to meet every end.
    for expected in [
        "mailbox inbox",
        "mailbox deleted",
        "mailbox junk",
        "mailbox",
        "outside",
        "bounced unknownRecipient",
        "bounced refusedAtTheEdge",
        "bounced softDeleted",
        "bounced noMailbox",
        "bounced notAuthenticated",
        "bounced notAccepted",
        "bounced rejectedByRule",
        "bounced mailboxFull",
        "bounced forwardBlockedByPolicy",
        "bounced forwardBlockedByRemoteDomain",
        "quarantined",
        "discarded rule",
        "discarded emptyList",
        "discarded redirectLimit",
        "heldForModeration",
        "loopCut",
    ] {
        assert!(met.contains_key(expected), "{expected} was never met: {met:?}");
    }
}

/// F6, §10.27: where the policy is Off for everybody, nothing leaves by automatic forwarding.
#[test]
fn off_is_off() {
    for number in 0..100 {
        let mut seed = Seed::tangled(number);
        seed.exchange.outbound_rules.clear();
        for policy in &mut seed.exchange.outbound_policies {
            policy.insert("autoForwardingMode".to_owned(), json!("Off"));
        }
        let simulator = simulator(&seed, options());
        let mailflow = simulator.mailflow();
        for address in addresses(&simulator) {
            for outcome in mailflow.deliver(&from(&address)).outcomes {
                if let End::Outside { address: out, forwarded: true } = &outcome.end {
                    assert!(out.ends_with("@relay.example"), "{number} {address}: {outcome:?}");
                }
            }
        }
    }
}

/// A tenant without lists, rules, forwarding, restrictions: an address has a mailbox, and that is where mail is.
#[test]
fn an_untangled_tenant_delivers_to_mailboxes() {
    for number in 0..100 {
        let mut seed = Seed::tangled(number);
        seed.exchange.transport_rules.clear();
        seed.exchange.content_filter_policies.clear();
        seed.exchange.allow_block_entries.clear();
        for mailbox in seed.exchange.mailboxes.iter_mut().chain(&mut seed.exchange.shared_mailboxes) {
            mailbox.properties.clear();
            mailbox.inbox_rules.clear();
        }
        let simulator = simulator(&seed, options());
        let mailflow = simulator.mailflow();
        // A shared mailbox may have kept its licence; who reads it is another matter.
        let is_shared = |upn: &str| seed.exchange.shared_mailboxes.iter().any(|mailbox| mailbox.user == upn);
        let own = |user: &&UserSeed| !user.licences.is_empty() && !user.deleted && !is_shared(&user.upn);
        for user in seed.users.iter().filter(own) {
            let delivery = mailflow.deliver(&from(&user.upn));
            assert_eq!(delivery.inboxes(), [user.upn.as_str()], "{number}");
            assert_eq!(
                mailflow.who_gets(&from(&user.upn)).len(),
                usize::from(user.account_enabled),
                "{number} {}",
                user.upn
            );
        }
    }
}
