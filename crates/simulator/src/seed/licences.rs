//! What a set of licences gives an account.
//!
//! Invariant: accounts with the same licences share one value; service plans would outweigh everything else they have.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::error::SeedError;
use crate::clock;

/// A SKU as users need it.
pub(crate) struct Sku {
    pub(crate) id: String,
    /// Plan id and service.
    pub(crate) plans: Vec<(String, &'static str)>,
}

/// The outcome for one set of licences.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    /// `assignedLicenses`.
    pub(super) licences: Arc<Value>,
    /// `assignedPlans`.
    pub(super) plans: Arc<Value>,
    /// Whether one of the plans carries Exchange.
    pub(super) mailbox: bool,
}

/// The tenant's SKUs and the sets of them met so far.
pub(super) struct Licences {
    skus: HashMap<String, Sku>,
    grants: HashMap<Vec<String>, Grant>,
    assigned: String,
}

impl Licences {
    /// `skus` by lower-case part number; `created` is the date of all assignments.
    pub(super) fn new(skus: HashMap<String, Sku>, created: Timestamp) -> Self {
        Self { skus, grants: HashMap::new(), assigned: clock::print(created) }
    }

    /// What the named SKUs give.
    pub(super) fn grant(&mut self, place: &str, names: &[String]) -> Result<Grant, SeedError> {
        if let Some(known) = self.grants.get(names) {
            return Ok(known.clone());
        }
        let (mut licences, mut plans, mut mailbox) = (Vec::new(), Vec::new(), false);
        for (at, name) in names.iter().enumerate() {
            let sku = self.skus.get(&name.to_lowercase()).ok_or_else(|| SeedError::Unknown {
                place: format!("{place}.licences[{at}]"),
                kind: "SKU",
                name: name.clone(),
            })?;
            licences.push(json!({"disabledPlans": [], "skuId": sku.id}));
            for (plan, service) in &sku.plans {
                mailbox |= *service == "exchange";
                plans.push(json!({"assignedDateTime": self.assigned, "capabilityStatus": "Enabled",
                    "service": service, "servicePlanId": plan}));
            }
        }
        let grant = Grant { licences: Arc::new(Value::Array(licences)), plans: Arc::new(Value::Array(plans)), mailbox };
        self.grants.insert(names.to_vec(), grant.clone());
        Ok(grant)
    }
}
