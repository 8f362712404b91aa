//! Names in a sentence.

/// The first `most` of some names, and how many more there are: a sentence with all of them is not read.
pub(crate) fn first_few(names: impl IntoIterator<Item = impl AsRef<str>>, most: usize) -> String {
    let mut names = names.into_iter();
    let shown: Vec<_> = names.by_ref().take(most).collect();
    let shown: Vec<&str> = shown.iter().map(AsRef::as_ref).collect();
    match names.count() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_is_counted() {
        assert_eq!(first_few(["a", "b"], 2), "a, b");
        assert_eq!(first_few(["a", "b", "c", "d"], 2), "a, b and 2 more");
        assert_eq!(first_few([""; 0], 2), "");
    }
}
