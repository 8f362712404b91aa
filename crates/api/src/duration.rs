//! Durations as Kubernetes users write them: `90s`, `10m`, `1h30m`.

use std::time::Duration;

/// The pattern the API server checks durations with.
pub const DURATION_PATTERN: &str = "^([0-9]{1,4}h)?([0-9]{1,5}m)?([0-9]{1,6}s)?$";

/// Parses a duration of the pattern above. `None` for an empty text, an unknown unit or units out of order.
pub fn parse(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut seconds = 0_u64;
    let mut seen = false;
    for (unit, factor) in [('h', 3600), ('m', 60), ('s', 1)] {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if digits > 0 && digits <= 6 && rest[digits..].starts_with(unit) {
            seconds += rest[..digits].parse::<u64>().ok()? * factor;
            rest = &rest[digits + 1..];
            seen = true;
        }
    }
    (seen && rest.is_empty()).then(|| Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_kubernetes_users_write_and_nothing_else() {
        assert_eq!(parse("90s"), Some(Duration::from_secs(90)));
        assert_eq!(parse("10m"), Some(Duration::from_mins(10)));
        assert_eq!(parse("1h30m"), Some(Duration::from_mins(90)));
        for text in ["", "10", "m", "10m1h", "-1m", "1d", "99999999h", "10m "] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
