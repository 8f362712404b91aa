//! How durations are spread.

use std::time::Duration;

/// The median, the 99th percentile and the longest.
pub(crate) fn shown(mut durations: Vec<Duration>) -> String {
    durations.sort();
    let Some(last) = durations.last() else { return "none".to_owned() };
    let at = |percent: usize| durations[(durations.len() * percent).div_ceil(100).max(1) - 1];
    format!("{:.3} s · {:.3} s · {:.3} s", at(50).as_secs_f64(), at(99).as_secs_f64(), last.as_secs_f64())
}
