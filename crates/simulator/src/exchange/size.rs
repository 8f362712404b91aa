//! Sizes as Exchange prints them: `49.5 GB (53,150,220,288 bytes)`.

/// Names of the units, each 1,024 of the one before.
const UNITS: [&str; 5] = ["B", "KB", "MB", "GB", "TB"];

/// A number of bytes in Exchange's text.
pub(crate) fn print(bytes: u64) -> String {
    let mut unit = 0;
    let mut scale = 1_u64;
    while unit + 1 < UNITS.len() && bytes / scale >= 1024 {
        scale *= 1024;
        unit += 1;
    }
    // Four significant digits at most, as .NET's ByteQuantifiedSize gives them (general knowledge, UNV). In hundredths,
    // so that no float is needed.
    let hundredths = u128::from(bytes) * 100 / u128::from(scale);
    let (whole, part) = (hundredths / 100, hundredths % 100);
    let fraction = match (whole, part) {
        (_, 0) | (1000.., _) => String::new(),
        (100..1000, part) => {
            if part >= 10 {
                format!(".{}", part / 10)
            } else {
                String::new()
            }
        }
        (_, part) => format!(".{part:02}").trim_end_matches('0').to_owned(),
    };
    format!("{whole}{fraction} {} ({} bytes)", UNITS[unit], grouped(bytes))
}

fn grouped(bytes: u64) -> String {
    let digits = bytes.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Reads `49.5 GB`, `50GB`, `1024` (bytes) or Exchange's own text.
pub(crate) fn parse(text: &str) -> Option<u64> {
    if let Some((_, rest)) = text.split_once('(') {
        return rest.strip_suffix(" bytes)")?.replace(',', "").parse().ok();
    }
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = unit.trim();
    let power = if unit.is_empty() { 0 } else { UNITS.iter().position(|name| name.eq_ignore_ascii_case(unit))? };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    // Six decimals of a terabyte are a megabyte: nobody writes more.
    if fraction.len() > 6 {
        return None;
    }
    let scale = 1024_u64.checked_pow(u32::try_from(power).ok()?)?;
    let whole = whole.parse::<u64>().ok()?.checked_mul(scale)?;
    let parts = if fraction.is_empty() { 0 } else { fraction.parse::<u64>().ok()? };
    let part = u128::from(parts) * u128::from(scale) / 10_u128.pow(u32::try_from(fraction.len()).ok()?);
    whole.checked_add(u64::try_from(part).ok()?)
}

#[cfg(test)]
mod tests {
    use super::{parse, print};

    #[test]
    fn a_size_is_printed_with_its_bytes_and_read_back() {
        for (bytes, text) in [
            (53_150_220_288, "49.5 GB (53,150,220,288 bytes)"),
            (53_687_091_200, "50 GB (53,687,091,200 bytes)"),
            (107_374_182_400, "100 GB (107,374,182,400 bytes)"),
            (0, "0 B (0 bytes)"),
            (1023, "1023 B (1,023 bytes)"),
            (1_610_612, "1.53 MB (1,610,612 bytes)"),
        ] {
            assert_eq!(print(bytes), text);
            assert_eq!(parse(text), Some(bytes));
        }
        assert_eq!(parse("49.5 GB"), Some(53_150_220_288));
        assert_eq!(parse("2gb"), Some(2_147_483_648));
        for wrong in ["", "GB", "1.2.3 GB", "5 XB", "99999999999 TB", "1.1234567 GB"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
