//! Answers of Exchange's administration interface, to a survey of a whole tenant.
//!
//! Checked of every answer: what `service` says of every request; reading ends; no error shows a secret or an address; the same
//! answers give the same landscape; a recipient is kept under its own key.

use std::sync::Arc;

use tenant_contacts_core::{
    answer::{Declared, explain},
    landscape::Landscape,
};
use tenant_contacts_engine::port::TenantError;

use crate::{
    service::{Harms, Replay, Service},
    tenant::{self, epoch, is_discreet, look, on_paused_time},
};

const HARMED: &[Service] = &[Service::Exchange];

/// A tenant, and what is done to the answers.
pub fn run(data: &[u8]) {
    let [choice, recipe @ ..] = data else { return };
    let known = tenant::known();
    let known = &known[usize::from(*choice) / 16 % known.len()];
    // To answer takes longer than to read; most inputs are read alone, with the details that the answer needed once.
    let answers = choice % 16 == 15;
    let read = || {
        let replay = Replay::new(&known.recording, Harms::read(HARMED, recipe, false));
        let survey = tenant::survey(replay, known.recording.tenant, &Arc::default());
        on_paused_time(async {
            if answers { look(&survey).await } else { tenant::read(&survey, &|_| known.wanted.clone()).await }
        })
    };
    let landscape = read();
    check(landscape.as_ref(), answers);
    if data.len().is_multiple_of(32) {
        let again = read();
        let whole = |read: Option<Result<Landscape, TenantError>>| {
            read.map(|read| read.map(|read| format!("{:?}", read.exchange)))
        };
        assert_eq!(whole(landscape), whole(again), "the same answers gave two landscapes");
    }
}

fn check(read: Option<&Result<Landscape, TenantError>>, answers: bool) {
    match read {
        Some(Ok(landscape)) => {
            for (key, recipient) in landscape.exchange.recipients.present().into_iter().flatten() {
                assert_eq!(recipient.key, *key, "a recipient under another's key");
            }
            if answers {
                let answer = || explain(landscape, &Declared::default(), epoch());
                assert_eq!(answer(), answer(), "one landscape gave two answers");
            }
        }
        Some(Err(error)) => is_discreet(&format!("{error} {error:?}")),
        None => {}
    }
}
