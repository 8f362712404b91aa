//! Approvals that are declared and let nothing pass: whoever gave one expects something of it.

use std::fmt;

use jiff::Timestamp;
use tenant_contacts_api::{digest::Digest, status::TenantMemory};

use crate::desired::DesiredTenant;

/// Why a declared approval lets nothing pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lapse {
    /// It held until then.
    Expired(Timestamp),
    /// It was used, and its steps wait again: an approval is used once.
    Used,
}

/// A declared approval that lets nothing pass. Without its giver: what is said of it ends in events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lapsed {
    /// The approved hash.
    pub hash: Digest,
    /// Why.
    pub why: Lapse,
    /// Whether the steps that wait now are the ones it is for.
    pub waits: bool,
}

impl Lapsed {
    /// What to do.
    pub fn remedy(&self) -> &'static str {
        if self.waits {
            "Review the steps again, and approve them with a later end."
        } else {
            "Remove it from spec.approvals; if its steps were not carried out, approve what waits now."
        }
    }
}

impl fmt::Display for Lapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { hash, why, waits } = self;
        match why {
            Lapse::Expired(until) => {
                write!(f, "the approval of {hash} expired at {}", until.strftime("%Y-%m-%dT%H:%M:%SZ"))?;
                f.write_str(if *waits { ", and its steps wait" } else { "" })
            }
            Lapse::Used => write!(f, "the approval of {hash} was used already, and the same steps wait again"),
        }
    }
}

/// The declared approvals that let nothing pass, where steps with this hash wait. One that was given for something else and
/// still holds may be for a plan to come.
pub(super) fn of(
    tenant: &DesiredTenant,
    memory: &TenantMemory,
    waiting: Option<Digest>,
    now: Timestamp,
) -> Vec<Lapsed> {
    let open = |hash: Digest| memory.used_approvals.iter().any(|used| used.hash == hash && used.until > now);
    let lapsed = tenant.approvals.iter().filter_map(|approval| {
        let (hash, waits) = (approval.hash, waiting == Some(approval.hash));
        if approval.until <= now {
            // Another entry may have taken its place.
            let renewed = tenant.approvals.iter().any(|other| other.hash == hash && other.until > now);
            return (!renewed).then_some(Lapsed { hash, why: Lapse::Expired(approval.until), waits });
        }
        (waits && open(hash)).then_some(Lapsed { hash, why: Lapse::Used, waits })
    });
    lapsed.collect()
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::status::UsedApproval;

    use super::*;
    use crate::{desired::DesiredApproval, plan::testing};

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    /// What is said of an approval until `until`, where `waiting` waits, at 100.
    fn said(until: i64, waiting: Option<Digest>, used: Option<i64>) -> Vec<String> {
        let hash = Digest([7; 16]);
        let mut tenant = testing::tenant();
        tenant.approvals.push(DesiredApproval { hash, by: "helena.marsh".into(), until: at(until) });
        let used = used.map(|until| UsedApproval { hash, by: String::new(), until: at(until), open: Vec::new() });
        let memory = TenantMemory { used_approvals: used.into_iter().collect(), ..TenantMemory::default() };
        of(&tenant, &memory, waiting, at(100)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn c2_an_approval_that_lets_nothing_pass_is_said_without_its_giver() {
        let (ours, others) = (Some(Digest([7; 16])), Some(Digest([8; 16])));
        for waiting in [None, ours, others] {
            let expired = said(100, waiting, None);
            assert_eq!(expired.len(), 1);
            assert!(expired[0].contains("expired at 2027-01-15T08:01:40Z"), "{expired:?}");
            assert_eq!(expired[0].contains("its steps wait"), waiting == ours);
            assert!(!expired[0].contains("helena"));
        }
        assert_eq!(said(101, ours, None), [""; 0], "it holds");
        assert_eq!(said(101, ours, Some(101)).len(), 1, "it was used, and the same steps wait again");
        assert_eq!(said(101, None, Some(101)), [""; 0], "it was used, as it was meant to be");
    }
}
