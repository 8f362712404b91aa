//! The trace of real messages, beside the answer (DOMAIN E4).

use jiff::Timestamp;

use crate::{
    answer::{Answer, NodeKind},
    landscape::{TraceStatus, Traced, Traces},
    model::{Fact, Unknown},
    routing::testing::{Scene, at, missing},
};

const SENDER: &str = "microsoft-noreply@microsoft.com";

fn traced(status: TraceStatus) -> Traced {
    Traced { sender: SENDER, status, received: Timestamp::UNIX_EPOCH }
}

fn with(scene: Scene, rows: &[(&str, TraceStatus)]) -> Answer {
    let mut traces = Traces::default();
    for (to, status) in rows {
        traces.add((*to).into(), traced(*status));
    }
    scene.but(|l| l.exchange.traces = Fact::Present(traces)).routed().answer
}

/// Statuses at the place of this kind and name.
fn at_place(answer: &Answer, is: impl Fn(&NodeKind) -> bool) -> Vec<TraceStatus> {
    let found = answer.evidence.iter().filter(|(id, _)| is(&answer.node(**id).unwrap().kind));
    found.flat_map(|(_, traced)| traced).map(|one| one.status).collect()
}

#[test]
fn e4_an_address_and_the_mailbox_behind_it_have_the_evidence_of_all_of_its_addresses() {
    let scene = Scene::new().person("ann").person("bob").with("ann", |ann| {
        ann.addresses = ["SMTP:ann@contoso.com".into(), "smtp:noc@contoso.com".into()].into();
    });
    let scene = scene.technical(&["noc@contoso.com", &at("bob")]);
    let answer =
        with(scene, &[("ann@contoso.com", TraceStatus::Quarantined), ("eve@contoso.com", TraceStatus::Failed)]);
    let lost = [TraceStatus::Quarantined];
    assert_eq!(at_place(&answer, |kind| *kind == NodeKind::Address("noc@contoso.com".into())), lost);
    assert_eq!(at_place(&answer, |kind| *kind == NodeKind::Mailbox("ann".into())), lost);
    assert_eq!(answer.evidence.len(), 2, "no trace says nothing, and nobody is told of eve");
}

#[test]
fn e4_a_list_was_expanded_and_each_member_has_evidence_of_its_own() {
    let scene = Scene::new().person("ann").person("bob").list("ops", &["ann", "bob"]).technical(&[&at("ops")]);
    let rows = [
        ("ops@contoso.com", TraceStatus::Expanded),
        ("ann@contoso.com", TraceStatus::Delivered),
        ("bob@contoso.com", TraceStatus::FilteredAsSpam),
    ];
    let answer = with(scene, &rows);
    assert_eq!(at_place(&answer, |kind| *kind == NodeKind::List("ops".into())), [TraceStatus::Expanded]);
    assert_eq!(at_place(&answer, |kind| *kind == NodeKind::Mailbox("bob".into())), [TraceStatus::FilteredAsSpam]);
}

#[test]
fn e4_a_forward_that_came_back_is_seen_at_the_address_outside() {
    let scene = Scene::new().person("ann").forwards_smtp("ann", "Far@Outside.example", true).technical(&[&at("ann")]);
    let answer = with(scene, &[("far@outside.example", TraceStatus::Failed)]);
    assert_eq!(at_place(&answer, |kind| matches!(kind, NodeKind::Outside(_))), [TraceStatus::Failed]);
}

#[test]
fn g2_a_status_that_is_not_known_is_no_evidence() {
    let scene = Scene::new().person("ann").technical(&[&at("ann")]);
    assert!(with(scene, &[("ann@contoso.com", TraceStatus::Other)]).evidence.is_empty());
}

#[test]
fn g1_without_the_trace_there_is_no_evidence_and_it_is_said_what_would_tell() {
    let gap = |answer: &Answer| {
        let gap = answer.gaps.iter().find(|gap| &*gap.what == "message trace");
        gap.map(|gap| matches!(gap.why, Unknown::PermissionMissing(_)))
    };
    let scene = Scene::new().person("ann").technical(&[&at("ann")]);
    let whole = scene.clone().routed().answer;
    assert_eq!(gap(&whole), None);
    let answer = scene.but(|l| l.exchange.traces = missing()).routed().answer;
    assert_eq!(gap(&answer), Some(true));
    assert_eq!((answer.nodes, answer.categories), (whole.nodes, whole.categories));
    let nobody = Scene::new().but(|l| l.exchange.traces = missing()).routed().answer;
    assert_eq!(gap(&nobody), None, "there is nobody of whom it would tell");
}
