//! Conditions on what people say: attestations, and what mail to an account is for. They never turn `Ready`, so that no
//! calendar turns a pipeline red (design §5).

use jiff::{Timestamp, tz::TimeZone};
use tenant_contacts_api::{
    notice::Arrival,
    reason::Reason,
    v1alpha1::{MailIntent, MailUse},
};

use super::{arrivals::Arrivals, standing::Truth};
use crate::{
    desired::{Attested, GatewayClaim},
    model::{Fact, Observation},
    step::{ObjectPlan, Target},
};

/// Whether something is attested, and recently (DOMAIN A4, E4).
pub(super) fn attested(attestation: Option<&Attested>, now: Timestamp) -> (Truth, Reason) {
    match attestation {
        None => (Truth::False, Reason::AttestationMissing),
        Some(one) if one.holds(now.to_zoned(TimeZone::UTC).date()) => (Truth::True, Reason::Attested),
        Some(_) => (Truth::False, Reason::AttestationExpired),
    }
}

/// Whether every gateway is attested, and recently (DOMAIN E4). `None`: there is none.
pub(super) fn gateways_attested(gateways: &[GatewayClaim], now: Timestamp) -> Option<(Truth, Reason)> {
    let each = gateways.iter().map(|gateway| attested(gateway.attestation.as_ref(), now));
    each.min_by_key(|(truth, reason)| (*truth == Truth::True, *reason != Reason::AttestationMissing))
}

/// Who attested which gateway, and which nobody did.
pub(super) fn gateways_message(gateways: &[GatewayClaim]) -> String {
    let each = gateways.iter().map(|gateway| match &gateway.attestation {
        Some(attestation) => format!("{}: {}", gateway.name, attested_by(attestation)),
        None => format!("{}: nobody has attested it", gateway.name),
    });
    each.collect::<Vec<_>>().join("; ")
}

/// Who attested it, when, and where it can be seen: the declarer's own words.
pub(super) fn attested_message(attestation: Option<&Attested>) -> String {
    attestation.map_or_else(|| Reason::AttestationMissing.remedy().into(), attested_by)
}

fn attested_by(attestation: &Attested) -> String {
    let on = attestation.on.map_or_else(|| "an unreadable date".to_owned(), |on| on.to_string());
    let evidence = attestation.evidence.as_ref().map(|evidence| format!(", see {evidence}")).unwrap_or_default();
    format!("attested by {} on {on}{evidence}", attestation.by)
}

/// Whether mail to the account would be read (DOMAIN E2), and why that is so: as far as the directory tells, and then as far as
/// the tenant as a whole was read.
pub(super) fn deliverable(
    mail: &MailUse,
    plan: &ObjectPlan,
    observation: &Observation,
    arrivals: Option<&Arrivals>,
) -> (Truth, Reason, String) {
    if mail.intent == MailIntent::NotMailEnabled {
        let path =
            mail.alternate_path.as_ref().map(|path| format!("; notices are read at: {path}")).unwrap_or_default();
        return (Truth::Unknown, Reason::AlternatePath, format!("no mailbox on purpose{path}"));
    }
    let said = |truth, reason, message: &str| (truth, reason, format!("meant to receive mail; {message}"));
    let id = plan.resolution.target().and_then(Target::as_account);
    let account = id.and_then(|id| observation.accounts.get(&id)).and_then(|fact| fact.present());
    match account {
        Some(account) if account.enabled == Fact::Present(false) => {
            return said(Truth::False, Reason::AccountDisabled, "the account is disabled");
        }
        Some(account) if account.mail == Fact::Absent => {
            return said(Truth::False, Reason::NoMailAddress, "the account has no mail address");
        }
        _ => {}
    }
    let Some(arrivals) = arrivals else {
        return said(Truth::Unknown, Reason::DeliveryUnknown, "the tenant was not read as a whole yet");
    };
    let Some((arrival, obstacle)) = id.and_then(|id| arrivals.of_account(id)) else {
        let message = "the account holds no role that receives notices, so the route of its mail is not followed";
        return said(Truth::Unknown, Reason::DeliveryUnknown, message);
    };
    let why = obstacle.map(|obstacle| format!(": {obstacle}")).unwrap_or_default();
    match arrival {
        Arrival::Deliverable => said(Truth::True, Reason::DeliveryFound, "mail to its address is read"),
        Arrival::Unknown => said(
            Truth::Unknown,
            Reason::DeliveryUnknown,
            &format!("whether mail to its address is read is not known{why}"),
        ),
        Arrival::Undeliverable => {
            said(Truth::False, Reason::MailLost, &format!("nobody reads mail to its address{why}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a4_an_attestation_holds_180_days() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let on = |text: &str| {
            let attestation = Attested { on: text.parse().ok(), by: "helena.marsh".into(), evidence: None };
            attested(Some(&attestation), now).1
        };
        assert_eq!(on("2026-11-21"), Reason::Attested);
        assert_eq!(on("2026-05-25"), Reason::Attested, "the 180th day");
        assert_eq!(on("2026-05-24"), Reason::AttestationExpired);
        assert_eq!(on("2026-11-22"), Reason::AttestationExpired, "nobody has seen tomorrow");
        assert_eq!(attested(None, now).1, Reason::AttestationMissing);
    }

    #[test]
    fn e4_gateways_are_attested_when_each_of_them_is() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let gateway = |name: &str, day: Option<&str>| GatewayClaim {
            name: name.into(),
            domains: [].into(),
            attestation: day.map(|day| Attested { on: day.parse().ok(), by: "nadia".into(), evidence: None }),
        };
        let (held, old, never) =
            (gateway("a", Some("2026-11-01")), gateway("b", Some("2026-01-01")), gateway("c", None));
        let all = |gateways: &[&GatewayClaim]| {
            let gateways: Vec<GatewayClaim> = gateways.iter().map(|one| (*one).clone()).collect();
            gateways_attested(&gateways, now)
        };
        assert_eq!(all(&[]), None);
        assert_eq!(all(&[&held]), Some((Truth::True, Reason::Attested)));
        assert_eq!(all(&[&held, &old]), Some((Truth::False, Reason::AttestationExpired)));
        assert_eq!(all(&[&old, &never, &held]), Some((Truth::False, Reason::AttestationMissing)));
        let said = gateways_message(&[held, never]);
        assert_eq!(said, "a: attested by nadia on 2026-11-01; c: nobody has attested it");
    }

    #[test]
    fn a17_deliverable_goes_by_the_answer_about_the_whole_tenant() {
        use crate::{
            answer::{Answer, Node, NodeKind},
            model::{Account, ObservedAccount},
            plan::testing,
            step::Resolution,
        };
        let id = uuid::Uuid::from_u128(1);
        let plan = ObjectPlan {
            resolution: Resolution::Found { target: Target::account(id), renamed: false },
            ..testing::planned([])
        };
        let mut observation = Observation::default();
        let mut account = Account::new(id, "ann@contoso.com".into());
        account.mail = Fact::Present("ann@contoso.com".into());
        account.enabled = Fact::Present(true);
        account.synchronised = Fact::Absent;
        observation.accounts.insert(id, Fact::Present(ObservedAccount { account, read_at: Timestamp::UNIX_EPOCH }));
        let mail = MailUse { intent: MailIntent::Receives, alternate_path: None };
        let node = |kind, arrival| Node {
            kind,
            label: "ann".into(),
            address: Some("ann@contoso.com".into()),
            hops: Vec::new(),
            arrival,
            blockages: Vec::new(),
            inherited: [].into(),
            unfollowed: [].into(),
            notices: [].into(),
        };
        let judged = |arrivals: Option<&Arrivals>| {
            let (truth, reason, said) = deliverable(&mail, &plan, &observation, arrivals);
            assert!(!said.contains('@'), "no address: {said}");
            (truth, reason)
        };
        assert_eq!(judged(None), (Truth::Unknown, Reason::DeliveryUnknown));
        assert_eq!(judged(Some(&Arrivals::default())), (Truth::Unknown, Reason::DeliveryUnknown));
        for (arrival, expected) in [
            (Arrival::Deliverable, (Truth::True, Reason::DeliveryFound)),
            (Arrival::Unknown, (Truth::Unknown, Reason::DeliveryUnknown)),
            (Arrival::Undeliverable, (Truth::False, Reason::MailLost)),
        ] {
            let nodes = vec![
                node(NodeKind::Account(id), Arrival::Deliverable),
                node(NodeKind::Address("ann@contoso.com".into()), arrival),
            ];
            assert_eq!(judged(Some(&Arrivals::of(&Answer { nodes, ..Answer::default() }))), expected);
        }
    }
}
