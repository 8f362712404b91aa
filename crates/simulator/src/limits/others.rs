//! Quotas of the services beside Graph: so many requests per application and window.
//!
//! Invariant: a family's quota never touches another family's.

use std::{collections::BTreeMap, time::Duration};

use tokio::time::Instant;

use super::{Limits, bucket::Bucket};

/// A service's quota.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Family {
    pub(crate) name: &'static str,
    pub(crate) requests: f64,
    pub(crate) window: Duration,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct OtherQuotas {
    buckets: BTreeMap<(&'static str, String), Bucket>,
}

impl OtherQuotas {
    /// Charges one request; whole seconds to wait when it does not fit.
    pub(crate) fn admit(&mut self, limits: &Limits, family: &Family, app: &str) -> Option<String> {
        let now = Instant::now();
        let quota = (family.requests * limits.scale).max(1.0);
        let bucket = self.buckets.entry((family.name, app.to_owned()));
        let taken = bucket.or_insert_with(|| Bucket::new(quota, family.window, now)).take(1.0, now);
        taken.wait.map(|wait| format!("{}", wait.as_secs() + u64::from(wait.subsec_nanos() > 0)))
    }
}
