//! The limits of one application in one tenant.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use tokio::time::Instant;

use super::{Cost, bucket::Bucket};
use crate::send::{believed, parse_retry_after};

/// Size of the tenant as Graph's limits see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TenantSize {
    /// Under 50 users.
    Small,
    /// Up to 500 users.
    Medium,
    /// More.
    Large,
}

impl TenantSize {
    /// The size by the number of users.
    pub fn of(users: u64) -> Self {
        match users {
            0..50 => Self::Small,
            50..=500 => Self::Medium,
            _ => Self::Large,
        }
    }
}

/// So many per so much time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub count: u32,
    /// In which time.
    pub per: Duration,
}

/// The limits that apply to one application in one tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Resource units of the directory.
    pub units: Rate,
    /// Writes to the directory.
    pub writes: Rate,
    /// Requests to authentication methods.
    pub authentication_methods: Rate,
    /// Requests for message traces.
    pub message_traces: Rate,
}

impl Limits {
    /// What Microsoft publishes for a tenant of this size ("service-specific throttling limits", 2025-01-14).
    pub const fn published(size: TenantSize) -> Self {
        let units = match size {
            TenantSize::Small => 3_500,
            TenantSize::Medium => 5_000,
            TenantSize::Large => 8_000,
        };
        Self {
            units: Rate { count: units, per: Duration::from_secs(10) },
            writes: Rate { count: 3_000, per: Duration::from_secs(150) },
            authentication_methods: Rate { count: 5, per: Duration::from_secs(10) },
            message_traces: Rate { count: 100, per: Duration::from_mins(5) },
        }
    }
}

/// Our part of the limits, in thousandths. Both are at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Of the rate over time.
    pub rate: u32,
    /// Of the count that may be used at once.
    pub burst: u32,
}

impl Default for Share {
    fn default() -> Self {
        // 95 % of the rate costs 5 % of the time and leaves room for counting errors; half a bucket at once leaves room
        // for another client of the same application, and for a service that counts in fixed windows.
        Self { rate: 950, burst: 500 }
    }
}

/// Whether a request may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permit {
    /// Yes; its cost is taken.
    Granted,
    /// Not before this much time has passed. Nothing was taken.
    After(Duration),
}

/// What an answer says about limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signals {
    /// Whether the request was refused for its rate (429).
    pub refused: bool,
    /// How long the service wants us to wait.
    pub retry_after: Option<Duration>,
    /// `x-ms-throttle-limit-percentage` in thousandths; sent from 800 (0.8) upwards.
    pub used_permille: Option<u32>,
}

impl Signals {
    /// Reads the signals of an answer.
    pub fn read(status: StatusCode, headers: &HeaderMap, now: Timestamp) -> Self {
        let used = headers.get("x-ms-throttle-limit-percentage").and_then(|value| value.to_str().ok());
        Self {
            refused: status == StatusCode::TOO_MANY_REQUESTS,
            retry_after: parse_retry_after(headers, now).map(believed),
            used_permille: used.and_then(permille),
        }
    }
}

/// "0.8" to 800, without floating point; nothing for what is not a small decimal number.
fn permille(text: &str) -> Option<u32> {
    let (whole, part) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || !digits(whole) || !digits(part) {
        return None;
    }
    let thousandths: String = part.chars().chain("000".chars()).take(3).collect();
    Some(whole.parse::<u32>().ok()? * 1000 + thousandths.parse::<u32>().ok()?)
}

/// Token buckets for all limits of one application in one tenant.
#[derive(Debug)]
pub struct Limiter(Mutex<[Bucket; 4]>);

impl Limiter {
    /// Full buckets.
    pub fn new(limits: &Limits, share: Share) -> Self {
        let bucket = |rate: Rate| {
            let whole = rate.per.saturating_mul(1000) / share.rate.max(1);
            let interval = whole / rate.count.max(1);
            let held = u64::from(rate.count) * u64::from(share.burst.max(1)) / 1000;
            Bucket::new(interval, interval.saturating_mul(u32::try_from(held.max(1)).unwrap_or(u32::MAX)))
        };
        Self(Mutex::new([
            bucket(limits.units),
            bucket(limits.writes),
            bucket(limits.authentication_methods),
            bucket(limits.message_traces),
        ]))
    }

    /// Takes the cost if every limit allows it, else says how long until it would.
    pub fn take(&self, cost: Cost, now: Instant) -> Permit {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let parts = parts(cost);
        let wait = buckets.iter().zip(parts).map(|(bucket, units)| bucket.wait(units, now)).max().unwrap_or_default();
        if wait > Duration::ZERO {
            return Permit::After(wait);
        }
        for (bucket, units) in buckets.iter_mut().zip(parts) {
            bucket.take(units, now);
        }
        Permit::Granted
    }

    /// Learns from the answer to a request of this cost: only the limits that the request touched.
    pub fn learn(&self, cost: Cost, signals: &Signals, now: Instant) {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (bucket, _) in buckets.iter_mut().zip(parts(cost)).filter(|(_, units)| *units > 0) {
            if signals.refused {
                bucket.refused(signals.retry_after.unwrap_or_default(), now);
            } else if let Some(used) = signals.used_permille {
                bucket.pressure(used);
            } else {
                bucket.relax();
            }
        }
    }
}

fn parts(cost: Cost) -> [u32; 4] {
    [cost.units, cost.writes, cost.authentication_methods, cost.message_traces]
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: Cost = Cost { units: 1, writes: 0, authentication_methods: 0, message_traces: 0 };
    const METHOD: Cost = Cost { units: 0, writes: 0, authentication_methods: 1, message_traces: 0 };
    const ALL: Share = Share { rate: 1000, burst: 1000 };

    /// Time that `count` requests take when each goes as soon as it may.
    fn drain(limiter: &Limiter, cost: Cost, count: u32, start: Instant) -> Duration {
        let mut now = start;
        for _ in 0..count {
            while let Permit::After(wait) = limiter.take(cost, now) {
                now += wait;
            }
        }
        now - start
    }

    #[test]
    fn a_full_bucket_goes_at_once_and_the_rest_at_the_published_rate() {
        let limiter = Limiter::new(&Limits::published(TenantSize::Small), ALL);
        let start = Instant::now();
        assert_eq!(drain(&limiter, READ, 3_500, start), Duration::ZERO);
        let more = drain(&limiter, READ, 3_500, start);
        assert!(more > Duration::from_millis(9_990) && more < Duration::from_millis(10_010), "{more:?}");
    }

    #[test]
    fn the_default_share_needs_at_most_a_tenth_more_time_than_the_limits_allow() {
        let limiter = Limiter::new(&Limits::published(TenantSize::Large), Share::default());
        let took = drain(&limiter, READ, 800_000, Instant::now());
        assert!(took <= Duration::from_secs(1_100) && took >= Duration::from_secs(1_000), "{took:?}");
    }

    #[test]
    fn limits_do_not_block_each_other() {
        let limiter = Limiter::new(&Limits::published(TenantSize::Small), ALL);
        let now = Instant::now();
        drain(&limiter, METHOD, 5, now);
        assert_eq!(limiter.take(METHOD, now), Permit::After(Duration::from_secs(2)));
        assert_eq!(limiter.take(READ, now), Permit::Granted);
    }

    #[test]
    fn what_is_larger_than_the_bucket_goes_when_it_is_full() {
        let limiter = Limiter::new(&Limits::published(TenantSize::Small), ALL);
        let now = Instant::now();
        let large = Cost { units: 10_000, ..READ };
        assert_eq!(limiter.take(large, now), Permit::Granted);
        let Permit::After(wait) = limiter.take(large, now) else { panic!("the bucket is empty") };
        assert_eq!(limiter.take(large, now + wait), Permit::Granted);
    }

    #[test]
    fn a_refusal_blocks_for_its_time_and_slows_down_until_answers_are_undisturbed() {
        let limiter = Limiter::new(&Limits::published(TenantSize::Small), ALL);
        let start = Instant::now();
        let undisturbed = Signals { refused: false, retry_after: None, used_permille: None };
        let refused = Signals { refused: true, retry_after: Some(Duration::from_millis(2_128)), ..undisturbed };
        limiter.learn(READ, &refused, start);
        assert_eq!(limiter.take(READ, start), Permit::After(Duration::from_millis(2_128)));
        assert_eq!(limiter.take(METHOD, start), Permit::Granted);

        let pace = |from: u64| {
            let now = start + Duration::from_secs(from);
            drain(&limiter, READ, 3_500, now);
            drain(&limiter, READ, 350, now)
        };
        let slow = pace(100);
        for _ in 0..60 {
            limiter.learn(READ, &undisturbed, start);
        }
        let normal = pace(1_000);
        assert!(slow > normal.mul_f64(1.3), "{slow:?} {normal:?}");

        limiter.learn(READ, &Signals { used_permille: Some(1_800), ..undisturbed }, start);
        assert!(pace(2_000) > normal.mul_f64(1.5));
    }

    #[test]
    fn percentages_are_read_without_trust() {
        assert_eq!(permille("0.8"), Some(800));
        assert_eq!(permille("1.8"), Some(1_800));
        assert_eq!(permille("1"), Some(1_000));
        assert_eq!(permille("0.98765"), Some(987));
        for nonsense in ["", "-1", "1e9", "99999", "NaN", ".5"] {
            assert_eq!(permille(nonsense), None, "{nonsense}");
        }
    }
}
