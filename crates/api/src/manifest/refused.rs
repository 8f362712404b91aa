//! What a reading refused, for whoever looks for what it should have given.

use std::collections::HashSet;

use super::{ObjectKey, Problem};

/// What was refused, and may be what something else refers to: a slip in a Tenant is one problem, and not one more for every
/// object that names it.
#[derive(Debug, Default)]
pub struct Refused {
    keys: HashSet<ObjectKey>,
    /// Something was refused of which not even the name is known.
    unnamed: bool,
}

impl Refused {
    /// What these problems refused.
    pub fn by(problems: &[Problem]) -> Self {
        let keys = problems.iter().filter_map(|problem| problem.object.clone()).collect();
        Self { keys, unnamed: problems.iter().any(|problem| problem.object.is_none()) }
    }

    /// Whether an object that is missing may be among what was refused.
    pub fn may_be(&self, kind: &'static str, namespace: &str, name: &str) -> bool {
        let key = ObjectKey { kind: kind.into(), namespace: namespace.to_owned(), name: name.to_owned() };
        self.unnamed || self.keys.contains(&key)
    }
}
