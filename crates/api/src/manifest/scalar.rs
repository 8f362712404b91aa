//! What a plain (unquoted) YAML scalar means to kubectl and the API server.
//!
//! Kubernetes reads YAML with `sigs.k8s.io/yaml`, whose decoder (goyaml.v2, `resolve.go`) keeps YAML 1.1's booleans and
//! number forms: `no` is false, `012` is ten, `+14255550100` is a number. Timestamps stay strings.
//!
//! Invariant: a scalar is text here exactly where it is text there.

use std::borrow::Cow;

use serde_json::Number;

use super::tree::Value;

/// Types a plain scalar.
pub(super) fn resolve(text: Cow<'_, str>) -> Value<'_> {
    match text.as_ref() {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => return Value::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Value::Bool(false);
        }
        ".nan" | ".NaN" | ".NAN" => return Value::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Value::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Value::Float(f64::NEG_INFINITY),
        _ => {}
    }
    // Only these can start a number; everything else is text without a further look.
    let numeric = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'));
    if numeric && let Some(number) = number(&text) { number } else { Value::Text(text) }
}

fn number(text: &str) -> Option<Value<'static>> {
    let plain: Cow<'_, str> = if text.contains('_') { text.replace('_', "").into() } else { text.into() };
    let (negative, digits) = match plain.as_bytes().first()? {
        b'-' => (true, &plain[1..]),
        b'+' => (false, &plain[1..]),
        _ => (false, plain.as_ref()),
    };
    if let Some((radix, body)) = radix(digits)
        && !body.is_empty()
        && body.bytes().all(|b| char::from(b).is_digit(radix))
    {
        let magnitude = u64::from_str_radix(body, radix).ok();
        return Some(Value::Int(magnitude.and_then(|magnitude| signed(negative, magnitude))));
    }
    is_float(digits).then(|| plain.parse().ok().map(Value::Float)).flatten()
}

/// Go's `strconv.ParseInt(text, 0, 64)`: the prefix chooses the base, and a leading zero means octal.
fn radix(digits: &str) -> Option<(u32, &str)> {
    let lower = |prefix: &str| digits.get(..2).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
    Some(match digits {
        _ if lower("0x") => (16, &digits[2..]),
        _ if lower("0b") => (2, &digits[2..]),
        _ if lower("0o") => (8, &digits[2..]),
        "0" => (10, digits),
        _ if digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit() && b < b'8') => (8, &digits[1..]),
        _ if digits.starts_with('0') => return None,
        _ => (10, digits),
    })
}

fn signed(negative: bool, magnitude: u64) -> Option<Number> {
    if negative { 0_i64.checked_sub_unsigned(magnitude).map(Number::from) } else { Some(Number::from(magnitude)) }
}

/// `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_float(unsigned: &str) -> bool {
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent_ok = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty()) && exponent_ok
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> &'static str {
        match resolve(text.into()) {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Float(_) => "float",
            Value::Text(_) => "text",
            Value::Seq(_) | Value::Map(_) => "collection",
        }
    }

    #[test]
    fn a_scalar_is_text_exactly_where_it_is_text_for_kubectl() {
        for (text, expected) in [
            ("+14255550100", "int"),
            ("-3", "int"),
            ("0", "int"),
            ("012", "int"),
            ("089", "float"), // not octal; YAML's float form takes it
            ("0x1F", "int"),
            ("0b101", "int"),
            ("0o17", "int"),
            ("1_000", "int"),
            ("99999999999999999999999", "int"),
            ("1.", "float"),
            (".5", "float"),
            ("1e3", "float"),
            ("12345678901234567890123456789e12", "float"),
            (".inf", "float"),
            ("no", "bool"),
            ("On", "bool"),
            ("y", "bool"),
            ("~", "null"),
            ("", "null"),
            ("2026-11-21", "text"),
            ("2026-11-21T10:00:00Z", "text"),
            ("+1 425 555 0100", "text"),
            ("425-555-0100", "text"),
            ("10m", "text"),
            ("1:30", "text"),
            (".", "text"),
            ("+", "text"),
            ("0x", "text"),
            ("1e", "text"),
            ("nO", "text"),
            ("b1f2", "text"),
        ] {
            assert_eq!(kind(text), expected, "{text:?}");
        }
    }

    #[test]
    fn numbers_keep_their_value() {
        for (text, expected) in [
            ("012", "10"),
            ("-012", "-10"),
            ("0x10", "16"),
            ("+5", "5"),
            ("-9223372036854775808", "-9223372036854775808"),
        ] {
            let Value::Int(Some(number)) = resolve(text.into()) else { panic!("{text}") };
            assert_eq!(number.to_string(), expected);
        }
        assert!(matches!(resolve("-9223372036854775809".into()), Value::Int(None)));
    }
}
