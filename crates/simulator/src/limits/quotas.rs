//! The quotas of a tenant's applications, and the verdict on a request.
//!
//! Invariant: quotas of one application never touch another's; only the tenant's write quota is shared.

use std::collections::BTreeMap;

use tokio::time::{Duration, Instant};

use super::{
    Limits, RetryAfter,
    bucket::{Bucket, Taken},
};
use crate::graph::error::GraphError;

/// Resource units per application and tenant, by size: S below 50 users, M up to 500, L above. `[THR]`
const UNITS: [(usize, f64); 3] = [(49, 3500.0), (500, 5000.0), (usize::MAX, 8000.0)];
const UNITS_WINDOW: Duration = Duration::from_secs(10);
/// Writes per application and tenant. `[THR]`
const WRITES: f64 = 3000.0;
const WRITES_WINDOW: Duration = Duration::from_secs(150);
/// Writes per tenant, all applications together. `[THR]`
const TENANT_WRITES: f64 = 18_000.0;
const TENANT_WRITES_WINDOW: Duration = Duration::from_mins(5);
/// Requests on authentication methods per application and tenant. `[THR]`
const METHODS: f64 = 5.0;
const METHODS_WINDOW: Duration = Duration::from_secs(10);
/// The dearest request (transitive members): no scale may make it impossible.
const DEAREST: f64 = 5.0;
/// From here on answers carry the percentage. `[THR]`
const SHOWN: f64 = 0.8;
/// How long a refusal below the limits asks to wait (the service does not say: simulator's choice).
const EARLY_WAIT: Duration = Duration::from_secs(2);

/// What a request weighs.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Weight {
    /// Resource units; none outside the identity family.
    pub(crate) units: Option<u32>,
    pub(crate) writes: bool,
    /// On authentication methods.
    pub(crate) methods: bool,
}

#[derive(Clone, Copy, Debug)]
struct Application {
    units: Bucket,
    writes: Bucket,
    methods: Bucket,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Quotas {
    applications: BTreeMap<String, Application>,
    tenant_writes: Option<Bucket>,
}

/// Which quota a request hit.
struct Hit {
    taken: Taken,
    /// `x-ms-throttle-scope` without ids, where the family sends it. Only `Tenant_Application/ReadWrite` is documented;
    /// the other forms are UNV.
    scope: Option<&'static str>,
    information: Option<&'static str>,
}

impl Quotas {
    /// Charges a request and returns the percentage the answer carries, or the refusal. `lot` is a random number from
    /// [0, 1), drawn where early refusals are on.
    pub(crate) fn admit(
        &mut self,
        limits: &Limits,
        users: usize,
        (app, tenant): (&str, &str),
        weight: Weight,
        lot: Option<f64>,
    ) -> Result<Option<String>, GraphError> {
        let now = Instant::now();
        let bucket = |quota: f64, least: f64, window| Bucket::new((quota * limits.scale).max(least), window, now);
        let size = UNITS.iter().find(|(most, _)| users <= *most).map_or(UNITS[2].1, |(_, units)| *units);
        let application = self.applications.entry(app.to_owned()).or_insert_with(|| Application {
            units: bucket(size, DEAREST, UNITS_WINDOW),
            writes: bucket(WRITES, 1.0, WRITES_WINDOW),
            methods: bucket(METHODS, 1.0, METHODS_WINDOW),
        });
        let tenant_writes = self.tenant_writes.get_or_insert_with(|| bucket(TENANT_WRITES, 1.0, TENANT_WRITES_WINDOW));
        let mut hits = Vec::new();
        let mut hit = |taken, scope, information| hits.push(Hit { taken, scope, information });
        if let Some(units) = weight.units {
            let taken = application.units.take(f64::from(units), now);
            hit(taken, Some("Tenant_Application/ReadWrite"), Some("ResourceUnitLimitExceeded"));
            if weight.writes {
                let taken = application.writes.take(1.0, now);
                hit(taken, Some("Tenant_Application/Write"), Some("WriteLimitExceeded"));
                hit(tenant_writes.take(1.0, now), Some("Tenant/Write"), Some("WriteLimitExceeded"));
            }
        }
        if weight.methods && limits.authentication_methods {
            hit(application.methods.take(1.0, now), None, None);
        }
        let part = hits.iter().map(|hit| hit.taken.part).fold(0.0, f64::max);
        let percentage = (part >= SHOWN).then(|| format!("{part:.2}"));
        // The longest wait is the one that helps.
        let longest = hits.iter().filter(|hit| hit.taken.wait.is_some()).max_by_key(|hit| hit.taken.wait);
        let (wait, scope, information) = match longest {
            Some(hit) => (hit.taken.wait.unwrap_or_default(), hit.scope, hit.information),
            None if lot.is_some_and(|lot| lot < limits.early) => {
                (EARLY_WAIT, Some("Tenant_Application/ReadWrite"), Some("CPULimitExceeded"))
            }
            None => return Ok(percentage),
        };
        let retry_after = match limits.retry_after {
            RetryAfter::Whole => Some(format!("{}", wait.as_secs() + u64::from(wait.subsec_nanos() > 0))),
            // Rounded up, for a client that comes back to the millisecond.
            RetryAfter::Fractional => Some(format!("{:.3}", wait.as_secs_f64() + 0.000_5)),
            RetryAfter::Absent => None,
        };
        let mut error = GraphError::throttled(retry_after.as_deref());
        if let Some(scope) = scope {
            error.headers.push(("x-ms-throttle-scope", format!("{scope}/{app}/{tenant}")));
        }
        if let Some(information) = information {
            error.headers.push(("x-ms-throttle-information", information.to_owned()));
        }
        error.headers.extend(percentage.map(|part| ("x-ms-throttle-limit-percentage", part)));
        Err(error)
    }
}
