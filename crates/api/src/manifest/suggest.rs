//! "Did you mean": the known name that an unknown one is most likely a slip of.

/// The closest of `known`, if it is close enough to be meant.
pub fn closest<'k>(unknown: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    // A third of the letters may differ; a longer text is no slip, and comparing it would cost.
    let unknown = (unknown.len() <= 64).then(|| unknown.to_ascii_lowercase())?;
    let limit = (unknown.len() / 3).max(1);
    // Names that are shorter or longer by more than that cannot be close enough.
    known
        .filter(|name| name.len().abs_diff(unknown.len()) <= limit)
        .map(|name| (distance(&unknown, &name.to_ascii_lowercase()), name))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name)
}

/// Levenshtein distance in bytes.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let substituted = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_slips_and_nothing_far_fetched() {
        let known = || ["mobilePhone", "businessPhone", "alternateEmails"].into_iter();
        assert_eq!(closest("mobilphone", known()), Some("mobilePhone"));
        assert_eq!(closest("alternateEmail", known()), Some("alternateEmails"));
        assert_eq!(closest("x", known()), None);
        assert_eq!(closest("forwarding", known()), None);
    }
}
