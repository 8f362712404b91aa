//! Approvals as declared.

use jiff::Timestamp;
use tenant_contacts_api::{digest::Digest, v1alpha1::Approval};

/// An approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesiredApproval {
    /// The approved hash.
    pub hash: Digest,
    /// Who approves.
    pub by: Box<str>,
    /// Until when it may be used.
    pub until: Timestamp,
}

/// An approval that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalProblem {
    /// Its place in `spec.approvals`.
    pub index: usize,
    /// The field that is wrong.
    pub field: &'static str,
}

pub(super) fn read(approvals: &[Approval]) -> (Vec<DesiredApproval>, Vec<ApprovalProblem>) {
    let mut good = Vec::new();
    let mut bad = Vec::new();
    for (index, approval) in approvals.iter().enumerate() {
        match (approval.hash.parse(), approval.until.parse::<Timestamp>()) {
            (Ok(hash), Ok(until)) => good.push(DesiredApproval { hash, by: approval.by.as_str().into(), until }),
            (Err(_), _) => bad.push(ApprovalProblem { index, field: "hash" }),
            (_, Err(_)) => bad.push(ApprovalProblem { index, field: "until" }),
        }
    }
    (good, bad)
}
