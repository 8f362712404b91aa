//! `Retry-After`: whole seconds, fractional seconds (Graph sends "2.128"), or an HTTP date.

use std::time::Duration;

use http::{HeaderMap, header::RETRY_AFTER};
use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};

/// Longest wait that is believed. Longer ones are a broken clock or an attack; a day is beyond every published limit.
const LONGEST: Duration = Duration::from_hours(24);

/// The wait that a response asks for, if it says so in a form we know.
pub(crate) fn parse(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    parse_text(headers.get(RETRY_AFTER)?.to_str().ok()?.trim(), now).map(|wait| wait.min(LONGEST))
}

fn parse_text(text: &str, now: Timestamp) -> Option<Duration> {
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        let seconds: f64 = text.parse().ok()?;
        return Some(Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST));
    }
    let date = DateTimeParser::new().parse_timestamp(text).ok()?;
    // A date in the past means "now".
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
        assert_eq!(check("Sun, 06 Nov 1994 08:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(check("99999999999999999999999999"), Some(LONGEST));
        for nonsense in ["", "-1", "1.2.3", "nan", "inf", "1e9", "soon", "."] {
            assert_eq!(check(nonsense), None, "{nonsense}");
        }
        assert_eq!(parse(&HeaderMap::new(), now), None);
    }
}
