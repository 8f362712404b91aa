//! Answers of Microsoft Graph, and of the login service before it.
//!
//! Checked of every answer: what `service` says of every request; reading ends; no error shows a secret or an address; an
//! account that is there has the id it is known by; what was written has an outcome for every request.

use std::sync::Arc;

use tenant_contacts_core::{
    answer::{Declared, explain},
    landscape::Landscape,
    model::Observation,
};
use tenant_contacts_engine::{
    port::{Read, SurfacePort as _, TenantError},
    survey,
};

use crate::{
    service::{Harms, Replay, Service},
    tenant::{self, Known, epoch, in_time, is_discreet, look, on_paused_time},
};

const HARMED: &[Service] = &[Service::Graph, Service::Login];

/// A tenant, how it is read, and what is done to the answers.
pub fn run(data: &[u8]) {
    let [choice, recipe @ ..] = data else { return };
    let known = tenant::known();
    let known = &known[usize::from(choice / 8) % known.len()];
    let way = choice % 8;
    let replay = Replay::new(&known.recording, Harms::read(HARMED, recipe, way == 7));
    let transport = Arc::<Replay>::clone(&replay);
    let id = known.recording.tenant;
    on_paused_time(async {
        match way {
            0..=2 => {
                let survey = tenant::survey(transport, id, &Arc::default());
                listed(in_time(survey::directory(&survey, epoch())).await, false);
            }
            3 => {
                let survey = tenant::survey(transport, id, &Arc::default());
                // To answer takes longer than to read.
                let answers = *choice >= 224;
                let all = |_: &Landscape| known.wanted.clone();
                let read = if answers { look(&survey).await } else { tenant::read(&survey, &all).await };
                listed(read, answers);
            }
            4..=6 => observed(known, &tenant::directory(transport, id)).await,
            _ => {
                let requests = tenant::writes(known);
                let outcomes = tenant::directory(transport, id).write(&requests).await;
                assert_eq!(outcomes.len(), requests.len());
                is_discreet(&format!("{outcomes:?}"));
            }
        }
    });
}

fn listed(read: Option<Result<Landscape, TenantError>>, answers: bool) {
    match read {
        Some(Ok(landscape)) => {
            for (id, person) in landscape.directory.people.present().into_iter().flatten() {
                assert_eq!(person.id, *id, "an account under another's id");
            }
            if answers {
                explain(&landscape, &Declared::default(), epoch());
            }
        }
        Some(Err(error)) => is_discreet(&format!("{error} {error:?}")),
        None => {}
    }
}

async fn observed(known: &Known, directory: &tenant_contacts_m365::directory::Directory) {
    let mut observation = Observation::default();
    for read in [Read::Full, Read::Changes, Read::Direct] {
        if let Err(error) = directory.observe(&known.scope(read), &mut observation).await {
            is_discreet(&format!("{error} {error:?}"));
        }
        for credential in &observation.credentials {
            is_discreet(&format!("{:?}", credential.failure));
        }
        for (id, account) in observation.accounts.iter() {
            assert!(account.present().is_none_or(|account| account.id == *id), "an account under another's id");
        }
    }
}
