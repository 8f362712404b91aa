//! How often what is read (design §10): listings once an hour, details of single mailboxes and lists once a day.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use serde_json::json;
use tenant_contacts::{
    connect::SharedConnection,
    survey::{self, Surveys},
};
use tenant_contacts_core::{
    answer::{Answer, explain},
    landscape::Landscape,
};
use tenant_contacts_engine::port::NoFence;
use tenant_contacts_simulator::Simulator;
use testkit::rig::on_paused_time;
use tokio::time::sleep;

use super::tenant::{contoso, listed, network, observed, read_only, simulator};

/// From one reading to the next: what is kept has ended by then.
const HOUR: Duration = Duration::from_secs(3_601);

/// A tenant that is surveyed again and again.
struct Watched {
    simulator: Simulator,
    surveys: Surveys,
}

impl Watched {
    fn new() -> Self {
        let simulator = simulator(&contoso());
        let connection = SharedConnection::new(network(read_only(&simulator)), Arc::new(NoFence));
        let surveys = Surveys::new(Arc::new(connection));
        surveys.declare(&observed(&simulator.tenant_id()));
        Self { simulator, surveys }
    }

    /// What is kept or read, and the requests that it took.
    async fn read(&self) -> (Arc<Landscape>, BTreeMap<String, usize>) {
        let before = self.simulator.requests(0).last().map_or(0, |entry| entry.sequence);
        let read = self.surveys.read(&[]).await.unwrap();
        (read, operations(&self.simulator, before))
    }

    fn answer(&self, landscape: &Landscape) -> Answer {
        let set = observed(&self.simulator.tenant_id());
        let answer = explain(landscape, &survey::declared(&set), landscape.read_at.unwrap()).answer;
        Answer { read_at: None, ..answer }
    }
}

/// Requests since a moment, tokens apart.
fn operations(simulator: &Simulator, since: u64) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for entry in simulator.requests(since).into_iter().filter(|entry| !entry.operation.contains("token")) {
        *counted.entry(entry.operation).or_default() += 1;
    }
    counted
}

#[test]
fn the_next_reading_of_an_unchanged_tenant_takes_the_listings_and_answers_the_same() {
    on_paused_time(async {
        let bare = simulator(&contoso());
        listed(&bare).await;
        let listings = operations(&bare, 0);
        let watched = Watched::new();
        let (first, requests) = watched.read().await;
        assert!(requests.values().sum::<usize>() > listings.values().sum::<usize>(), "{requests:#?}");
        assert!(first.details_read_at.is_empty());
        for hour in 1..=3 {
            sleep(HOUR).await;
            let (next, requests) = watched.read().await;
            assert!(!Arc::ptr_eq(&first, &next) && next.read_at > first.read_at);
            // Of the details, who is in groups that hold roles is read with the listings.
            let more = requests.iter().filter(|(name, count)| listings.get(*name).is_none_or(|listed| listed < *count));
            let more: Vec<_> = more.collect();
            assert!(
                more.iter().map(|(name, count)| *count - listings.get(*name).unwrap_or(&0)).sum::<usize>() <= 1,
                "{hour}: {more:?}"
            );
            assert_eq!(watched.answer(&next), watched.answer(&first));
            assert!(next.details_read_at.values().all(|read| Some(*read) == first.read_at), "nothing gets younger");
        }
    });
}

#[test]
fn within_a_day_every_detail_is_read_again_a_few_at_a_time() {
    on_paused_time(async {
        let watched = Watched::new();
        let (first, _) = watched.read().await;
        let all = watched.details_carried_after(HOUR).await;
        assert!(all > 20, "{all}");
        let mut left = vec![all];
        for _ in 2..=24 {
            left.push(watched.details_of(first.read_at, HOUR).await);
        }
        assert_eq!(*left.last().unwrap(), 0, "none is a day old");
        let most = left.windows(2).map(|pair| pair[0] - pair[1]).max().unwrap();
        assert!(most <= all / 3, "{most} of {all} in one hour: {left:?}");
    });
}

impl Watched {
    async fn details_carried_after(&self, wait: Duration) -> usize {
        sleep(wait).await;
        self.read().await.0.details_read_at.len()
    }

    /// How many details of the next reading are still from the one at `at`.
    async fn details_of(&self, at: Option<jiff::Timestamp>, wait: Duration) -> usize {
        sleep(wait).await;
        self.read().await.0.details_read_at.values().filter(|read| Some(**read) == at).count()
    }
}

#[test]
fn who_asks_for_a_reading_has_every_detail_read_anew() {
    on_paused_time(async {
        let watched = Watched::new();
        let (_, all) = watched.read().await;
        watched.surveys.outdate().await;
        let (next, fewer) = watched.read().await;
        assert!(!next.details_read_at.is_empty());
        assert!(fewer.values().sum::<usize>() < all.values().sum());
        watched.surveys.forget().await;
        let (last, again) = watched.read().await;
        assert!(last.details_read_at.is_empty());
        assert_eq!(again, all);
    });
}

#[test]
fn a_mailbox_that_the_listing_shows_changed_has_its_details_read_anew() {
    on_paused_time(async {
        let watched = Watched::new();
        let (first, _) = watched.read().await;
        let recipients = first.exchange.recipients.present().unwrap();
        let key = first.exchange.inbox_rules.keys().next().unwrap();
        let id = recipients[key].directory_id.unwrap();
        let shown = json!({"displayName": "Somebody else"});
        watched.simulator.disturb_user(&id.to_string(), shown.as_object().unwrap()).unwrap();
        sleep(HOUR).await;
        let (next, _) = watched.read().await;
        assert_eq!(&*next.exchange.recipients.present().unwrap()[key].display_name, "Somebody else");
        let about = |wanted: &tenant_contacts_core::landscape::Wanted| {
            *wanted == tenant_contacts_core::landscape::Wanted::InboxRules(key.clone())
        };
        assert!(next.exchange.inbox_rules.contains_key(key), "it is read");
        assert!(!next.details_read_at.keys().any(about), "and anew");
        assert!(!next.details_read_at.is_empty(), "the others are carried over");
    });
}
