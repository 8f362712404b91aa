//! Sizes as Exchange prints them.

use crate::object::Unreadable;

/// Bytes in `49.5 GB (53,150,220,288 bytes)`. `None`: `Unlimited`. Only the whole number in brackets is read: the one before
/// it is rounded.
pub(crate) fn bytes(text: &str) -> Result<Option<u64>, Unreadable> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("unlimited") {
        return Ok(None);
    }
    let (_, rest) = text.rsplit_once('(').ok_or(Unreadable)?;
    let digits = rest.strip_suffix(" bytes)").ok_or(Unreadable)?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b',' | b'.')) {
        return Err(Unreadable);
    }
    // Thousands are separated by the culture's sign; bytes have no fraction.
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    digits.parse().map(Some).map_err(|_| Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exact_number_is_read_and_nothing_is_guessed() {
        assert_eq!(bytes("49.5 GB (53,150,220,288 bytes)"), Ok(Some(53_150_220_288)));
        assert_eq!(bytes("0 B (0 bytes)"), Ok(Some(0)));
        assert_eq!(bytes("2 MB (2.097.152 bytes)"), Ok(Some(2_097_152)));
        assert_eq!(bytes("Unlimited"), Ok(None));
        for text in
            ["", "49.5 GB", "49.5 GB (lots bytes)", "1 B (99999999999999999999999 bytes)", "( bytes)", "(1 bytes"]
        {
            assert_eq!(bytes(text), Err(Unreadable), "{text}");
        }
    }
}
