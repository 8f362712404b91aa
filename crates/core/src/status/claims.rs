//! Conditions on what people say: attestations, and what mail to an account is for. They never turn `Ready`, so that no
//! calendar turns a pipeline red (DESIGN §5).

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use tenant_contacts_api::{
    reason::Reason,
    v1alpha1::{MailIntent, MailUse},
};

use super::standing::Truth;
use crate::{
    desired::{Attested, GatewayClaim},
    model::{Fact, Observation},
    plan::{ObjectPlan, Target},
};

/// An attestation is good for half a year (DESIGN §2): long enough not to be a chore, short enough that a person who has
/// left does not vouch for years.
pub const ATTESTATION_DAYS: i32 = 180;

/// Whether something is attested, and recently (DOMAIN A4, E4).
pub(super) fn attested(attestation: Option<&Attested>, now: Timestamp) -> (Truth, Reason) {
    match attestation {
        None => (Truth::False, Reason::AttestationMissing),
        Some(one) if one.holds(now.to_zoned(TimeZone::UTC).date()) => (Truth::True, Reason::Attested),
        Some(_) => (Truth::False, Reason::AttestationExpired),
    }
}

impl Attested {
    /// Whether it holds on a day: not too old, and not of a day that nobody has seen.
    pub fn holds(&self, today: Date) -> bool {
        self.on.is_some_and(|on| attestation_holds(on, today))
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

/// Whether an attestation of that day holds: not too old, and not of a day that nobody has seen.
pub fn attestation_holds(on: Date, today: Date) -> bool {
    today.since(on).is_ok_and(|span| (0..=ATTESTATION_DAYS).contains(&span.get_days()))
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

/// Whether mail to the account would be read, as far as the directory tells (DOMAIN E2). A mailbox is not a directory
/// fact: an account with an address is not known to have one.
pub(super) fn deliverable(mail: &MailUse, plan: &ObjectPlan, observation: &Observation) -> (Truth, Reason) {
    if mail.intent == MailIntent::NotMailEnabled {
        return (Truth::Unknown, Reason::AlternatePath);
    }
    let account = match plan.resolution.target() {
        Some(Target::Account(id)) => observation.accounts.get(&id).and_then(|fact| fact.present()),
        _ => None,
    };
    match account {
        Some(account) if account.enabled == Fact::Present(false) => (Truth::False, Reason::AccountDisabled),
        Some(account) if account.mail == Fact::Absent => (Truth::False, Reason::NoMailAddress),
        _ => (Truth::Unknown, Reason::DeliveryUnknown),
    }
}

/// The declared alternate path, or nothing to add.
pub(super) fn deliverable_message(mail: &MailUse) -> String {
    match (mail.intent, &mail.alternate_path) {
        (MailIntent::NotMailEnabled, Some(path)) => format!("no mailbox on purpose; notices are read at: {path}"),
        (MailIntent::NotMailEnabled, None) => "no mailbox on purpose".into(),
        (MailIntent::Receives, _) => "meant to receive mail".into(),
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
}
