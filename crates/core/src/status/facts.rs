//! What the status of a Tenant, and that of a ContactReport, is a function of.

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use tenant_contacts_api::{reason::Reason, status::TenantMemory};

use crate::{
    answer::Answer,
    desired::{DesiredObject, DesiredTenant},
    model::Observation,
    plan::Plan,
};

/// Why a tenant as a whole could not be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantProblem {
    /// The reason.
    pub reason: Reason,
    /// What happened; never a secret, never an address.
    pub message: String,
}

/// What a Tenant's status is a function of.
pub struct TenantFacts<'a> {
    /// The tenant.
    pub tenant: &'a DesiredTenant,
    /// What is declared of it.
    pub objects: &'a [Arc<DesiredObject>],
    /// The last plan, if there ever was one.
    pub plan: Option<&'a Plan>,
    /// What was observed.
    pub observation: &'a Observation,
    /// What is remembered.
    pub memory: &'a TenantMemory,
    /// Why there is no plan, or why it was not carried out.
    pub problem: Option<&'a TenantProblem>,
}

/// What a ContactReport's status is a function of.
pub struct ReportFacts<'a> {
    /// The answer, with its findings.
    pub answer: &'a Answer,
    /// Domains of the organization, lower case ([`crate::policy::own_domains`]): addresses elsewhere are masked.
    pub own_domains: &'a BTreeSet<Box<str>>,
    /// The object's generation.
    pub generation: Option<i64>,
    /// The conditions published before: a time changes only where a status does.
    pub previous: &'a [Condition],
    /// Now.
    pub now: Timestamp,
}
