//! `Retry-After`: whole seconds, fractional seconds (Graph sends "2.128"), or an HTTP date.

use std::time::Duration;

use http::{HeaderMap, header::RETRY_AFTER};
use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};

/// Shortest wait, whatever is asked for. Graph counts in seconds and asks for one to three in steady state; "0", or a date
/// that has passed, is a service (or something before it) whose word on this is worth nothing, and whoever takes it at its
/// word asks some hundred times a second.
const SHORTEST: Duration = Duration::from_secs(1);

/// Longest wait that is believed. Longer ones are a broken clock or an attack; a day is beyond every published limit.
const LONGEST_BELIEVED: Duration = Duration::from_hours(24);

/// Longest wait that is told, a hundred years: what is longer is no number that says anything, and too long to add to a time.
const LONGEST: Duration = Duration::from_hours(24 * 36_525);

/// From here on a wait is told with its length. The longest window of a published limit is five minutes ("service-specific
/// throttling limits"); nobody who looks at twice that expects it.
const WORTH_TELLING: Duration = Duration::from_mins(10);

/// The wait that a response asks for, if it says so in a form we know: a second or more.
pub(crate) fn parse(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    parse_text(headers.get(RETRY_AFTER)?.to_str().ok()?.trim(), now).map(|wait| wait.clamp(SHORTEST, LONGEST))
}

/// As much of an asked wait as is waited.
pub(crate) fn believed(asked: Duration) -> Duration {
    asked.min(LONGEST_BELIEVED)
}

/// What a service that throttles asks for, in a sentence. The length is told only where it is a surprise, and in whole
/// units: a message that changed with every second would be news all the time.
pub(crate) fn told(service: &str, asked: Duration) -> String {
    if asked < WORTH_TELLING {
        return format!("{service} asks to slow down");
    }
    let seconds = asked.as_secs();
    let (number, unit) = match seconds {
        0..7_200 => (seconds / 60, "minutes"),
        7_200..172_800 => (seconds / 3_600, "hours"),
        _ => (seconds / 86_400, "days"),
    };
    let end =
        if asked > LONGEST_BELIEVED { "; so long a wait is not believed, and it is asked again in a day" } else { "" };
    format!("{service} asks to wait {number} {unit}{end}")
}

fn parse_text(text: &str, now: Timestamp) -> Option<Duration> {
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        let seconds: f64 = text.parse().ok()?;
        return Some(Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST));
    }
    let date = DateTimeParser::new().parse_timestamp(text).ok()?;
    // A date in the past means "now", which the floor makes a second.
    Some(Duration::try_from(date.duration_since(now)).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_forms_are_read_and_nonsense_is_not() {
        let now: Timestamp = "1994-11-06T08:49:00Z".parse().unwrap();
        let check = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().unwrap());
            parse(&headers, now)
        };
        assert_eq!(check("7"), Some(Duration::from_secs(7)));
        assert_eq!(check(" 2.128 "), Some(Duration::from_millis(2128)));
        assert_eq!(check("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::from_secs(37)));
        assert_eq!(check("99999999999999999999999999"), Some(LONGEST));
        for nonsense in ["", "-1", "1.2.3", "nan", "inf", "1e9", "soon", "."] {
            assert_eq!(check(nonsense), None, "{nonsense}");
        }
        assert_eq!(parse(&HeaderMap::new(), now), None);
        for nothing in ["0", "0.0", "0.001", "Sun, 06 Nov 1994 08:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"] {
            assert_eq!(check(nothing), Some(SHORTEST), "{nothing}");
        }
    }

    #[test]
    fn b3_a_long_wait_is_told_with_its_length_and_one_beyond_a_day_is_not_believed() {
        let hours = Duration::from_hours;
        assert_eq!(told("the service", Duration::from_secs(57)), "the service asks to slow down");
        assert_eq!(told("the service", Duration::from_mins(90)), "the service asks to wait 90 minutes");
        assert_eq!(told("the service", hours(24)), "the service asks to wait 24 hours");
        let year = told("the service", hours(24 * 365));
        assert!(year.starts_with("the service asks to wait 365 days; so long a wait is not believed"), "{year}");
        assert_eq!((believed(hours(24 * 365)), believed(hours(3))), (hours(24), hours(3)));
    }
}
