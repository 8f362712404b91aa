//! How much an application may ask of the service: Graph's published limits. `[THR]`, contract §9 Throttle.
//!
//! Invariant: without [`Limits`] nothing is refused; a refused request counts against the quota like any other.

pub(crate) mod bucket;
pub(crate) mod others;
pub(crate) mod quotas;

use std::str::FromStr;

/// Limits to enforce. Only what `[THR]` lists is limited: the identity family (users, groups, organization, domains,
/// directory roles, …) and, by switch, authentication methods; role management has no published limit.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Factor on every published quota; 1 = as published. A quota never falls below one request of the dearest kind.
    pub scale: f64,
    /// 5 requests per 10 s on authentication methods; whether the service enforces it on these paths is UNV.
    pub authentication_methods: bool,
    /// How a refusal says when to come back.
    pub retry_after: RetryAfter,
    /// Probability with which a request is refused although there is quota left ("429 can come below the limits").
    pub early: f64,
}

/// See [`Limits::retry_after`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RetryAfter {
    /// Whole seconds, rounded up.
    #[default]
    Whole,
    /// With milliseconds, as `2.128`. `[TH21]`
    Fractional,
    /// Not at all, as some families do (contract §9).
    Absent,
}

impl Default for Limits {
    /// As published, 429 only beyond the limits.
    fn default() -> Self {
        Self { scale: 1.0, authentication_methods: true, retry_after: RetryAfter::Whole, early: 0.0 }
    }
}

/// The text names no limits.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is neither `published` nor a positive factor such as 0.1")]
pub struct LimitsError(String);

impl FromStr for Limits {
    type Err = LimitsError;

    /// `published`, or a factor on the published quotas.
    fn from_str(text: &str) -> Result<Self, LimitsError> {
        if text == "published" {
            return Ok(Self::default());
        }
        match text.parse::<f64>() {
            Ok(scale) if scale.is_finite() && scale > 0.0 => Ok(Self { scale, ..Self::default() }),
            _ => Err(LimitsError(text.to_owned())),
        }
    }
}
