//! (1) Equal states give no step.

use proptest::{prelude::*, sample::Index};
use tenant_contacts_engine::Mode;
use tenant_contacts_simulator::{Seed, UserSeed};
use testkit::{
    declared::{Declared, List, Organization, Private, Rails, User},
    random::Case,
    seeds::{self, TENANT},
    world::World,
};

/// A tenant, and a declaration of what it holds already, said differently: another order, another case, repetitions.
pub fn as_it_is() -> impl Strategy<Value = Case> {
    let picks = proptest::collection::vec((any::<Index>(), any::<bool>(), any::<bool>()), 1..6);
    (seeds::tenants(), picks, any::<bool>()).prop_map(|(seed, picks, shout)| {
        let mut places: Vec<(usize, bool, bool)> =
            picks.iter().map(|(index, exact, shout)| (index.index(seed.users.len()), *exact, *shout)).collect();
        places.sort_unstable();
        places.dedup_by_key(|(place, ..)| *place);
        let users = places
            .iter()
            .filter(|(place, ..)| !seed.users[*place].deleted)
            .map(|&(place, exact, shout)| user(place, &seed.users[place], exact, shout));
        let declared = Declared {
            tenant_id: TENANT.into(),
            client_id: seeds::CLIENT.into(),
            rails: Rails { enforce: vec!["Organization", "Users"], ..Rails::default() },
            users: users.collect(),
            organizations: vec![organization(&seed, shout)],
        };
        Case { seed, declared }
    })
}

fn said_differently(values: &[String], shout: bool) -> Vec<String> {
    let mut values: Vec<String> =
        values.iter().rev().map(|value| if shout { value.to_uppercase() } else { value.clone() }).collect();
    values.extend(values.first().cloned());
    values
}

fn list(values: &[String], shout: bool) -> List<String> {
    List { exact: Some(true), values: said_differently(values, shout) }
}

fn organization(seed: &Seed, shout: bool) -> Organization {
    let live = &seed.organization;
    let privacy = live.privacy_profile.clone().unwrap_or_default();
    Organization {
        name: "as-it-is".into(),
        restore: true,
        technical: Some(list(&live.technical_notification_mails, shout)),
        security_mails: Some(list(&live.security_compliance_notification_mails, shout)),
        security_phones: Some(list(&live.security_compliance_notification_phones, false)),
        marketing: Some(list(&live.marketing_notification_emails, shout)),
        privacy_contact: privacy.contact_email,
        privacy_statement: privacy.statement_url,
    }
}

fn user(place: usize, live: &UserSeed, exact: bool, shout: bool) -> User {
    let mails = said_differently(&live.other_mails, shout);
    let phone = |number: &Option<String>| number.clone().filter(|number| !number.is_empty()).map(Private::Value);
    User {
        name: format!("user-{place}"),
        upn: live.upn.to_uppercase(),
        restore: true,
        alternate_emails: Some(List {
            exact: Some(exact || mails.is_empty()),
            values: mails.into_iter().map(Private::Value).collect(),
        }),
        mobile_phone: phone(&live.mobile_phone),
        business_phone: phone(&live.business_phones.first().cloned()),
        ..User::default()
    }
}

/// See the module.
pub async fn equal_states_give_no_step(case: Case) {
    let mut world = World::new(&case.seed);
    let set = case.declared.set();
    let report = world.pass(&set, &Mode::Preview).await;
    assert_eq!(report.problem, None);
    let view = world.view(&set);
    assert!(view.steps.is_empty() && view.approval_hash.is_none(), "{view:#?}");
    let report = world.pass(&set, &Mode::Run).await;
    assert!(report.sent == 0 && report.gated == 0 && !report.unfinished, "{report:?}");
    assert!(world.sent.all().is_empty() && world.simulator.journal(0).is_empty());
}
