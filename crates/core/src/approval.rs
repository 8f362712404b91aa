//! Whether a person may give an approval now, and what of it is written: the entries of one field manager, beside which
//! those of others stay as they are.
//!
//! Invariant: what is approved is exactly what waits now, by the status of an operator that has seen the present declaration.

use std::collections::BTreeSet;

use jiff::Timestamp;
use tenant_contacts_api::{
    digest::Digest,
    v1alpha1::{Approval, Tenant},
};

use crate::{
    ownership::{self, item, property},
    status::reader::{Freshness, freshness},
};

/// What a person asks for.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// The hash that was looked at.
    pub hash: Digest,
    /// Who approves.
    pub by: &'a str,
    /// Until when it may be used.
    pub until: Timestamp,
    /// The field manager that writes it.
    pub manager: &'a str,
}

/// What becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// Every entry that the manager declares from now on: the new one, and its earlier ones that have not expired.
    Entries(Vec<Approval>),
    /// The same steps were approved before, and the approval can still be used.
    Already(Approval),
}

/// Why an approval is not given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no plan yet.
    NotLooked,
    /// The plan is one of an earlier declaration.
    Outdated,
    /// Nothing is planned meanwhile.
    Suspended,
    /// Nothing waits.
    NothingWaits,
    /// Something else waits.
    OtherHash(Digest),
    /// An approval is used once; the same steps take one that holds longer.
    HoldsNoLonger(Timestamp),
    /// It would hold until a time that is past.
    Ended,
    /// The entry belongs to somebody else, and no longer holds.
    DeclaredElsewhere(BTreeSet<String>),
}

impl std::error::Error for Refusal {}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotLooked => f.write_str("no operator has processed it yet, so no waiting steps are known"),
            Self::Outdated => f.write_str("it changed after the operator's last pass, and other steps may wait now"),
            Self::Suspended => f.write_str("it is suspended, and other steps may wait after it is resumed"),
            Self::NothingWaits => f.write_str("no step waits for an approval"),
            Self::OtherHash(hash) => write!(f, "the waiting steps have another approval hash, {hash}"),
            Self::HoldsNoLonger(until) => write!(
                f,
                "an approval of these steps until {until} was used already: approving the same steps again takes a later end"
            ),
            Self::Ended => f.write_str("the approval would expire before it is given"),
            Self::DeclaredElsewhere(managers) => {
                let managers: Vec<&str> = managers.iter().map(String::as_str).collect();
                write!(f, "field manager {} owns an expired approval for these steps", managers.join(", "))
            }
        }
    }
}

/// Decides about an approval. `waiting` is how fresh the statuses are that show the waiting steps.
pub fn give(tenant: &Tenant, waiting: Freshness, asked: &Asked<'_>, now: Timestamp) -> Result<Given, Refusal> {
    let status = tenant.status.as_ref().ok_or(Refusal::NotLooked)?;
    match freshness(tenant.metadata.generation, status.observed_generation).max(waiting) {
        Freshness::Missing => return Err(Refusal::NotLooked),
        Freshness::Outdated => return Err(Refusal::Outdated),
        Freshness::Current => {}
    }
    if tenant.spec.suspend {
        return Err(Refusal::Suspended);
    }
    let waits = status.plan.as_ref().and_then(|plan| plan.approval_hash).ok_or(Refusal::NothingWaits)?;
    if waits != asked.hash {
        return Err(Refusal::OtherHash(waits));
    }
    if asked.until <= now {
        return Err(Refusal::Ended);
    }
    let hash = asked.hash.to_string();
    let used = status.memory.used_approvals.iter().filter(|used| used.hash == asked.hash).map(|used| used.until).max();
    let holds = |until: Timestamp| until > now && used.is_none_or(|used| until > used);
    let declared = tenant.spec.approvals.iter().find(|approval| approval.hash == hash);
    if let Some(declared) = declared.filter(|declared| until(declared).is_some_and(holds)) {
        return Ok(Given::Already(declared.clone()));
    }
    let mut others = owners(tenant, &hash);
    let own = others.remove(asked.manager);
    if declared.is_some() && !(own && others.is_empty()) {
        return Err(Refusal::DeclaredElsewhere(others));
    }
    if let Some(used) = used.filter(|used| asked.until <= *used) {
        return Err(Refusal::HoldsNoLonger(used));
    }
    let kept = tenant.spec.approvals.iter().filter(|approval| {
        approval.hash != hash
            && until(approval).is_some_and(|until| until > now)
            && owners(tenant, &approval.hash).contains(asked.manager)
    });
    let mut entries: Vec<Approval> = kept.cloned().collect();
    entries.push(Approval { hash, by: asked.by.to_owned(), until: asked.until.to_string() });
    Ok(Given::Entries(entries))
}

fn until(approval: &Approval) -> Option<Timestamp> {
    approval.until.parse().ok()
}

fn owners(tenant: &Tenant, hash: &str) -> BTreeSet<String> {
    ownership::owners(&tenant.metadata, &[property("spec"), property("approvals"), item("hash", hash)])
}

#[cfg(test)]
mod tests {
    use k8s_openapi::serde_json::{self, Value};

    use super::*;

    const WAITS: &str = "0123456789abcdef0123456789abcdef";
    const OTHER: &str = "1123456789abcdef0123456789abcdef";
    const THIRD: &str = "2123456789abcdef0123456789abcdef";

    /// A Tenant with entries of `(manager, hash, until)`.
    fn tenant(entries: &[(&str, &str, &str)]) -> Value {
        let approvals: Vec<String> = entries
            .iter()
            .map(|(_, hash, until)| format!(r#"{{"hash": "{hash}", "by": "x", "until": "{until}"}}"#))
            .collect();
        let managed: Vec<String> = entries
            .iter()
            .map(|(manager, hash, _)| {
                format!(
                    r#"{{"manager": "{manager}", "operation": "Apply",
                        "fieldsV1": {{"f:spec": {{"f:approvals": {{"k:{{\"hash\":\"{hash}\"}}": {{}}}}}}}}}}"#
                )
            })
            .collect();
        let text = format!(
            r#"{{"apiVersion": "tenantcontacts.dev/v1alpha1", "kind": "Tenant",
                "metadata": {{"name": "contoso", "generation": 2, "managedFields": [{}]}},
                "spec": {{"tenantId": "9c2f6f2e-5a1c-4d55-8a36-0f6f2a7e1001", "credentials": [], "enforce": [],
                    "approvals": [{}]}},
                "status": {{"observedGeneration": 2,
                    "plan": {{"steps": 0, "gated": 1, "blocked": 0, "approvalHash": "{WAITS}"}}}}}}"#,
            managed.join(","),
            approvals.join(",")
        );
        serde_json::from_str(&text).unwrap()
    }

    fn asked(hash: &str, until: &str) -> Result<Given, Refusal> {
        asked_of(tenant(&[]), hash, until)
    }

    fn asked_of(tenant: Value, hash: &str, until: &str) -> Result<Given, Refusal> {
        let asked = Asked { hash: hash.parse().unwrap(), by: "helena", until: until.parse().unwrap(), manager: "cli" };
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        let tenant: Tenant = serde_json::from_value(tenant).unwrap();
        assert!(give(&tenant, Freshness::Outdated, &asked, now).is_err(), "a step that waits has changed");
        give(&tenant, Freshness::Current, &asked, now)
    }

    const TOMORROW: &str = "2026-11-22T12:00:00Z";
    const YESTERDAY: &str = "2026-11-20T12:00:00Z";

    fn hashes(given: Result<Given, Refusal>) -> Vec<String> {
        match given {
            Ok(Given::Entries(entries)) => entries.into_iter().map(|entry| entry.hash).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn exactly_what_waits_is_approved() {
        assert_eq!(hashes(asked(WAITS, TOMORROW)), [WAITS]);
        assert_eq!(asked(OTHER, TOMORROW), Err(Refusal::OtherHash(WAITS.parse().unwrap())));
        assert_eq!(asked(WAITS, YESTERDAY), Err(Refusal::Ended));
    }

    #[test]
    fn a_plan_that_may_not_be_the_present_one_is_not_approved() {
        let with = |pointer: &str, value: Value| {
            let mut tenant = tenant(&[]);
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            tenant.pointer_mut(parent).unwrap()[name] = value;
            asked_of(tenant, WAITS, TOMORROW)
        };
        assert_eq!(with("/metadata/generation", 3.into()), Err(Refusal::Outdated));
        assert_eq!(with("/status/observedGeneration", Value::Null), Err(Refusal::NotLooked));
        assert_eq!(with("/spec/suspend", true.into()), Err(Refusal::Suspended));
        assert_eq!(with("/status/plan/approvalHash", Value::Null), Err(Refusal::NothingWaits));
    }

    #[test]
    fn own_entries_stay_until_they_expire_and_those_of_others_are_not_ours_to_declare() {
        let entries =
            [("cli", OTHER, TOMORROW), ("cli", THIRD, YESTERDAY), ("git", &OTHER.replace('1', "3"), TOMORROW)];
        assert_eq!(hashes(asked_of(tenant(&entries), WAITS, TOMORROW)), [OTHER, WAITS]);
    }

    #[test]
    fn an_approval_that_holds_is_not_given_twice() {
        for manager in ["cli", "git"] {
            let given = asked_of(tenant(&[(manager, WAITS, TOMORROW)]), WAITS, TOMORROW);
            assert!(matches!(given, Ok(Given::Already(_))), "{given:?}");
        }
        assert_eq!(hashes(asked_of(tenant(&[("cli", WAITS, YESTERDAY)]), WAITS, TOMORROW)), [WAITS], "it is renewed");
        let of_git = asked_of(tenant(&[("git", WAITS, YESTERDAY)]), WAITS, TOMORROW);
        assert_eq!(of_git, Err(Refusal::DeclaredElsewhere(["git".to_owned()].into())));
    }

    #[test]
    fn the_same_steps_take_an_approval_that_holds_longer_than_the_used_one() {
        let mut tenant = tenant(&[("cli", WAITS, TOMORROW)]);
        tenant["status"]["memory"]["usedApprovals"] =
            serde_json::from_str(&format!(r#"[{{"hash": "{WAITS}", "until": "{TOMORROW}"}}]"#)).unwrap();
        let refused = asked_of(tenant.clone(), WAITS, TOMORROW);
        assert_eq!(refused, Err(Refusal::HoldsNoLonger(TOMORROW.parse().unwrap())));
        assert_eq!(hashes(asked_of(tenant, WAITS, "2026-11-22T12:00:01Z")), [WAITS]);
    }
}
