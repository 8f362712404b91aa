//! What Exchange's administration interface puts into its errors beside the envelope that it shares with Graph.
//!
//! Invariant: only names that are known and numbers are kept; the texts quote names and addresses.

use http::HeaderMap;

use super::known;

/// The type in `Ex6F9304|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|The operation …`, without
/// its namespace (contract §6.1).
pub(super) fn exception(text: &str) -> Option<&'static str> {
    let mut parts = text.splitn(3, '|');
    let (number, kind, _) = (parts.next()?, parts.next()?, parts.next()?);
    let number = number.trim().strip_prefix("Ex")?;
    if number.is_empty() || number.len() > 16 || !number.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    known::exception(kind.trim().rsplit('.').next()?)
}

/// The number in `x-ms-diagnostics: 2000003;reason="…"`. It comes with a 403 whose body is NUL bytes, falsely declared as
/// gzip, where a cmdlet does not exist or is outside the application's roles (third parties' observation, contract §6.1).
pub(super) fn diagnostics(headers: &HeaderMap) -> Option<u32> {
    let text = headers.get("x-ms-diagnostics")?.to_str().ok()?;
    text.split(';').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triples_give_their_type_and_nothing_else_does() {
        let text =
            "Ex6F9304|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|'x' couldn't be found";
        assert_eq!(exception(text), Some("ManagementObjectNotFoundException"));
        assert_eq!(exception("|Microsoft.Exchange.X|text with a leading bar"), None);
        for other in ["", "Ex|T|x", "ExZZ|T|x", "Ex12|T", "Ex12|a@b.example|x", "Ex12||x", "Client|T|x"] {
            assert_eq!(exception(other), None, "{other}");
        }
        assert_eq!(exception(&format!("Ex1|{}|x", "a".repeat(200))), None);
    }

    #[test]
    fn the_reason_of_a_refused_cmdlet_is_in_a_header() {
        let mut headers = HeaderMap::new();
        assert_eq!(diagnostics(&headers), None);
        headers.insert(
            "x-ms-diagnostics",
            r#"2000003;reason="The cmdlet isn't available.";error_category="x""#.parse().unwrap(),
        );
        assert_eq!(diagnostics(&headers), Some(2_000_003));
        headers.insert("x-ms-diagnostics", "reason".parse().unwrap());
        assert_eq!(diagnostics(&headers), None);
    }
}
