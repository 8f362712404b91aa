//! From a wanted and a live set to the set to leave behind.

use crate::{canonical, desired::Want, field::Shape};

/// The values to leave behind, or `None` if the live ones will do. Values that may stay keep their place and spelling.
pub(super) fn after(want: &Want, shape: Shape, live: &[Box<str>]) -> Option<Vec<Box<str>>> {
    match want {
        Want::Exact(values) => (!canonical::equal(shape, live, values)).then(|| values.to_vec()),
        Want::Contains(values) => (!canonical::covers(shape, live, values)).then(|| {
            let missing = values.iter().filter(|value| !canonical::has(shape, live, value));
            live.iter().chain(missing).cloned().collect()
        }),
        // Entries are taken apart before.
        Want::Entries { .. } | Want::Unresolved { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(values: &[&str]) -> Box<[Box<str>]> {
        values.iter().map(|v| (*v).into()).collect()
    }

    #[test]
    fn contains_adds_and_keeps_and_exact_replaces() {
        let live = set(&["Old@x.de", "keep@x.de"]);
        let shape = Shape::Addresses;
        assert_eq!(after(&Want::Contains(set(&["OLD@x.de"])), shape, &live), None);
        assert_eq!(
            after(&Want::Contains(set(&["new@x.de", "old@x.de"])), shape, &live).unwrap(),
            set(&["Old@x.de", "keep@x.de", "new@x.de"]).to_vec()
        );
        assert_eq!(after(&Want::Exact(set(&["KEEP@x.de", "old@x.de"])), shape, &live), None);
        assert_eq!(after(&Want::Exact(set(&[])), shape, &live).unwrap(), Vec::<Box<str>>::new());
        assert_eq!(after(&Want::Exact(set(&[])), shape, &[]), None);
    }
}
