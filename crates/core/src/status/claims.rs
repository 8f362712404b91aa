//! Conditions on what people say: attestations, and what mail to an account is for. They never turn `Ready`, so that no
//! calendar turns a pipeline red (DESIGN §5).

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use tenant_contacts_api::{
    reason::Reason,
    v1alpha1::{MailIntent, MailUse},
};

use super::standing::Truth;
use crate::{
    desired::BusinessEmailClaim,
    model::{Fact, Observation},
    plan::{ObjectPlan, Target},
};

/// An attestation is good for half a year (DESIGN §2): long enough not to be a chore, short enough that a person who has
/// left does not vouch for years.
const ATTESTATION_DAYS: i32 = 180;

/// Whether a business email is attested, and recently (DOMAIN A4).
pub(super) fn attested(claim: &BusinessEmailClaim, now: Timestamp) -> (Truth, Reason) {
    let Some(attestation) = &claim.attestation else { return (Truth::False, Reason::AttestationMissing) };
    let today: Date = now.to_zoned(TimeZone::UTC).date();
    if attestation.on.is_some_and(|on| attestation_holds(on, today)) {
        (Truth::True, Reason::Attested)
    } else {
        (Truth::False, Reason::AttestationExpired)
    }
}

/// Whether an attestation of that day holds: not too old, and not of a day that nobody has seen.
pub fn attestation_holds(on: Date, today: Date) -> bool {
    today.since(on).is_ok_and(|span| (0..=ATTESTATION_DAYS).contains(&span.get_days()))
}

/// Who attested it, when, and where it can be seen: the declarer's own words.
pub(super) fn attested_message(claim: &BusinessEmailClaim) -> String {
    let Some(attestation) = &claim.attestation else { return Reason::AttestationMissing.remedy().into() };
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
    use crate::desired::Attested;

    #[test]
    fn a4_an_attestation_holds_180_days() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let on = |text: &str| {
            let attestation = Some(Attested { on: text.parse().ok(), by: "helena.marsh".into(), evidence: None });
            attested(&BusinessEmailClaim { address: "a@contoso.com".into(), attestation }, now).1
        };
        assert_eq!(on("2026-11-21"), Reason::Attested);
        assert_eq!(on("2026-05-25"), Reason::Attested, "the 180th day");
        assert_eq!(on("2026-05-24"), Reason::AttestationExpired);
        assert_eq!(on("2026-11-22"), Reason::AttestationExpired, "nobody has seen tomorrow");
        let none = BusinessEmailClaim { address: "a@contoso.com".into(), attestation: None };
        assert_eq!(attested(&none, now).1, Reason::AttestationMissing);
    }
}
