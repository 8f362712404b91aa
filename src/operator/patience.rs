//! When what could not be told of an object yet is tried again: after a moment of grace where its Tenant is missing, and
//! after a while where the API server did not take it.

use std::{collections::BTreeMap, time::Duration};

use tokio::time::{Instant, sleep_until};

/// How soon a status that could not be published is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// An object may be listed before its Tenant is: applied together, they are a moment apart.
const GRACE: Duration = Duration::from_secs(2);

/// What waits, by the keys of objects.
pub struct Patience<K> {
    /// Since when the Tenant of each is missing.
    since: BTreeMap<K, Instant>,
    retry: Option<Instant>,
}

impl<K> Default for Patience<K> {
    fn default() -> Self {
        Self { since: BTreeMap::new(), retry: None }
    }
}

impl<K: Ord + Clone> Patience<K> {
    /// A new look at all objects: what is gone is forgotten, and nothing is to be tried again until it is said.
    pub fn begin(&mut self, exists: impl Fn(&K) -> bool) {
        self.retry = None;
        self.since.retain(|key, _| exists(key));
    }

    /// Whether the Tenant of an object has been missing for long enough to say so. Where not, it is tried again then.
    pub fn is_over(&mut self, key: &K, now: Instant) -> bool {
        let ripe = *self.since.entry(key.clone()).or_insert(now) + GRACE;
        if now < ripe {
            self.retry = Some(self.retry.map_or(ripe, |retry| retry.min(ripe)));
        }
        now >= ripe
    }

    /// The Tenant of an object is there.
    pub fn found(&mut self, key: &K) {
        self.since.remove(key);
    }

    /// Something could not be published.
    pub fn failed(&mut self, now: Instant) {
        let again = now + RETRY_AFTER;
        self.retry = Some(self.retry.map_or(again, |retry| retry.min(again)));
    }

    /// Completes when something is to be tried again; never where nothing is.
    pub fn retry(&self) -> impl Future<Output = ()> + use<K> {
        let at = self.retry;
        async move {
            match at {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_object_without_a_tenant_is_given_a_moment_and_then_said_to_have_none() {
        let mut patience = Patience::default();
        let start = Instant::now();
        assert!(!patience.is_over(&"child", start));
        patience.retry().await;
        assert_eq!(start.elapsed(), GRACE);
        patience.begin(|_| true);
        assert!(patience.is_over(&"child", Instant::now()));

        // It found its Tenant, or went, in between: its moment begins anew.
        patience.found(&"child");
        assert!(!patience.is_over(&"child", Instant::now()));
        patience.begin(|_| false);
        tokio::time::advance(GRACE).await;
        assert!(!patience.is_over(&"child", Instant::now()));
    }

    #[tokio::test(start_paused = true)]
    async fn what_failed_is_tried_again_and_holds_nothing_up_that_is_due_before() {
        let mut patience = Patience::default();
        let start = Instant::now();
        assert!(!patience.is_over(&"young", start));
        patience.failed(start);
        patience.retry().await;
        assert_eq!(start.elapsed(), GRACE, "the young one is due before what failed");
        patience.begin(|_| true);
        assert!(patience.is_over(&"young", Instant::now()));
        patience.failed(Instant::now());
        patience.retry().await;
        assert_eq!(start.elapsed(), GRACE + RETRY_AFTER);
    }
}
