//! Answers of Azure billing.
//!
//! Checked of every answer: what `service` says of every request; no error shows a secret or an address; reading ends; nobody
//! is named twice with one role.

use tenant_contacts_core::{
    landscape::BillingAccount,
    model::{Fact, Unknown},
};
use tenant_contacts_m365::billing::Billing;

use crate::{
    service::{Harms, Replay, Service},
    tenant::{self, is_discreet, on_paused_time},
};

/// Longest reading: two thousand requests one after the other, at a fifth of a second each, and waits.
const LONGEST: std::time::Duration = std::time::Duration::from_hours(24);

const HARMED: &[Service] = &[Service::Billing];

/// A tenant, and what is done to the answers.
pub fn run(data: &[u8]) {
    let [choice, recipe @ ..] = data else { return };
    let known = tenant::known();
    let known = &known[usize::from(*choice) % known.len()];
    let read = || {
        let replay = Replay::new(&known.recording, Harms::read(HARMED, recipe, false));
        let billing = Billing::new(tenant::services(replay, known.recording.tenant).billing);
        on_paused_time(async {
            let why = |error: &_, what: &'static str| {
                is_discreet(&format!("{error} {error:?}"));
                Unknown::ReadFailed(what.into())
            };
            tokio::time::timeout(LONGEST, billing.accounts(&why)).await.expect("a reading ends")
        })
    };
    let accounts = read();
    check(&accounts);
    if data.len().is_multiple_of(8) {
        assert_eq!(accounts, read(), "the same answers gave two lists of accounts");
    }
}

fn check(accounts: &Fact<Box<[BillingAccount]>>) {
    let Fact::Present(accounts) = accounts else { return };
    assert!(!accounts.is_empty(), "a list of no accounts is there");
    for account in accounts {
        if let Fact::Present(holders) = &account.holders {
            let twice = holders.iter().enumerate().find(|(at, holder)| holders[..*at].contains(holder));
            assert!(twice.is_none(), "{twice:?} is named twice");
        }
    }
}
