//! Answers of Partner Center.
//!
//! Checked of every answer: what `service` says of every request; no error shows a secret or an address; a text that is there
//! is one that says something.

use std::sync::Arc;

use tenant_contacts_core::{landscape::LegalProfile, model::Fact};
use tenant_contacts_m365::{partner::Partner, send::Error};

use crate::{
    service::{Harms, Replay, Service},
    tenant::{self, is_discreet, on_paused_time},
};

const HARMED: &[Service] = &[Service::Partner];

/// A tenant, and what is done to the answers.
pub fn run(data: &[u8]) {
    let [choice, recipe @ ..] = data else { return };
    let known = tenant::known();
    let known = &known[usize::from(*choice) % known.len()];
    let read = || {
        let replay = Replay::new(&known.recording, Harms::read(HARMED, recipe, false));
        let sender = tenant::services(Arc::<Replay>::clone(&replay) as _, known.recording.tenant).partner;
        let read = on_paused_time(Partner::new(sender.expect("the public cloud has one")).legal_profile());
        assert!(replay.asked() < 32, "one page took {} requests", replay.asked());
        read
    };
    let profile = read();
    check(&profile);
    if data.len().is_multiple_of(8) {
        assert_eq!(profile.ok(), read().ok(), "the same answers gave two profiles");
    }
}

fn check(profile: &Result<Option<LegalProfile>, Error>) {
    match profile {
        Ok(Some(LegalProfile { primary_contact, primary_contact_name, company_approver, vetting_status })) => {
            for text in [primary_contact, primary_contact_name, company_approver, vetting_status] {
                if let Fact::Present(text) = text {
                    assert!(!text.trim().is_empty(), "an empty text is there");
                }
            }
        }
        Ok(None) => {}
        Err(error) => is_discreet(&format!("{error} {error:?}")),
    }
}
