//! Approvals as declared.

use jiff::Timestamp;
use tenant_contacts_api::v1alpha1::Approval;

use super::DesiredApproval;

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
