//! Whatever is declared one after the other, the service ends as declared, and what was never ours stays.

use proptest::prelude::*;
use tenant_contacts_api::v1alpha1::DeletionPolicy;
use testkit::rehearsal::{Declared, Live};

use super::{Calm, Mode, gathered, rig, there};

const HOLDERS: [&str; 4] = ["anna", "bert", "nina", "otto"];
const LEASES: [&str; 3] = ["ours", "x", "y"];
const TEXTS: [&str; 2] = ["new", "newer"];
const MEMBERS: [&str; 2] = ["new@contoso.com", "newer@contoso.com"];

/// Some of `names`. They live as long as the process: a case has a handful.
fn some(names: &'static [&'static str], fewest: usize) -> impl Strategy<Value = &'static [&'static str]> {
    proptest::sample::subsequence(names.to_vec(), fewest..=names.len()).prop_map(|some| &*some.leak())
}

/// What is declared of a thing.
fn declared(name: &'static str, create: bool) -> impl Strategy<Value = Declared> {
    let text = proptest::option::of(proptest::sample::select(&TEXTS[..]));
    let member = proptest::option::of(proptest::sample::select(&MEMBERS[..]));
    // At least one holder: to empty the map takes a person, and is another test.
    let holders = proptest::option::of(some(&HOLDERS, 1));
    let leases = proptest::option::of(some(&LEASES, 0));
    (text, holders, leases, member).prop_map(move |(text, holders, leases, member)| Declared {
        name,
        create,
        text,
        holders,
        leases,
        member,
    })
}

/// What is declared at a time: of what was there, of what is created, of both or of neither.
fn phase() -> impl Strategy<Value = Vec<Declared>> {
    let some = (proptest::option::of(declared("hall", false)), proptest::option::of(declared("desk", true)));
    some.prop_map(|(hall, desk)| desk.into_iter().chain(hall).collect())
}

fn is_as_declared(declared: &Declared, live: &Live) {
    if let Some(text) = declared.text {
        assert_eq!(live.text, [text]);
    }
    if let Some(holders) = declared.holders {
        assert_eq!(live.holders.iter().map(String::as_str).collect::<Vec<_>>(), holders);
    }
    for lease in declared.leases.into_iter().flatten() {
        assert!(live.leases[*lease].is_some(), "{lease} ends by itself");
    }
    if let Some(member) = declared.member {
        assert_eq!(live.document["member"], [member]);
    }
}

/// What is declared of what was there is so, and of the rest it is as it was.
fn hall_is(declared: Option<&Declared>, hall: &Live) {
    let before = &there()[0];
    let of = |asked: fn(&Declared) -> bool| declared.is_some_and(asked);
    if !of(|one| one.text.is_some()) {
        assert_eq!(hall.text, before.text);
    }
    if !of(|one| one.holders.is_some()) {
        assert_eq!(hall.holders, before.holders);
    }
    if !of(|one| one.member.is_some()) {
        assert_eq!(hall.document["member"], before.document["member"]);
    }
    let ours = declared.and_then(|one| one.leases).unwrap_or_default();
    let mut leases: Vec<&str> = ours.iter().copied().chain(["theirs"]).collect();
    leases.sort_unstable();
    assert_eq!(hall.leases.keys().map(String::as_str).collect::<Vec<_>>(), leases);
    assert_eq!((hall.leases["theirs"], &hall.document["other"]), (None, &before.document["other"]));
}

proptest! {
    #![proptest_config(ProptestConfig {
        // What keeps it within some seconds in a debug build: a case runs a few hundred passes.
        cases: if std::env::var_os("PROPTEST_CASES").is_some() { ProptestConfig::default().cases } else { 48 },
        failure_persistence: None,
        max_shrink_iters: 500,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_is_declared_is_so_and_what_is_no_longer_is_as_it_was(
        phases in proptest::collection::vec(phase(), 1..5),
    ) {
        rig::on_paused_time(async {
            let mut calm = Calm::new();
            for phase in &phases {
                let gathered = gathered(phase, DeletionPolicy::Restore);
                calm.converge(&gathered).await;
                let truth = calm.service.truth();
                for one in phase {
                    let live: Vec<_> = truth.values().filter(|thing| thing.name == one.name).collect();
                    assert_eq!(live.len(), 1, "{} is there once", one.name);
                    is_as_declared(one, live[0]);
                }
                hall_is(phase.iter().find(|one| one.name == "hall"), &calm.hall());
                let before = calm.service.writes().len();
                let ports = calm.ports();
                calm.worker.pass(&ports, &gathered, &Mode::Run).await.unwrap();
                assert_eq!(calm.service.writes().len(), before, "what is as declared is not written");
            }
        });
    }
}
