//! What is known of objects from the last plan: only what changed is planned, adopted and published again.
//!
//! Invariant: an object is known as quiet only while its plan was made, adopted and published, and neither its declaration
//! nor its account, its name or its memory was touched since. What that is worth is `core`'s to say (`plan::is_quiet`).

use std::sync::Arc;

use tenant_contacts_core::desired::DesiredObject;

/// See the module.
#[derive(Default)]
pub(super) struct Known {
    /// The objects of the last plan, in its order.
    pub(super) objects: Arc<Vec<Arc<DesiredObject>>>,
    /// Which of them are quiet.
    pub(super) quiet: Vec<bool>,
}

impl Known {
    /// Whether the last plan took an object's part over.
    pub(super) fn is_quiet(&self, index: usize) -> bool {
        self.quiet.get(index).is_some_and(|quiet| *quiet)
    }
}
