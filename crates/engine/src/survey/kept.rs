//! Details that outlast the reading they come from.
//!
//! Listings are read once an hour. What takes a request for every mailbox and list (its rules, its size, who is in it, who
//! opens it) is read once a day and carried over in between.
//!
//! Invariant: pure. A detail is carried over only while the listing shows its recipient exactly as it was, and no longer than
//! a day; what could not be read is asked for again with every reading. What was read together falls due spread over half a
//! day, so that a tenant is never asked for all of it at once again.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use jiff::{SignedDuration, Timestamp};
use tenant_contacts_core::landscape::{Exchange, Landscape, Recipient, RecipientKey, Wanted};

use super::{
    detail::{copy, known, recipient},
    schedule::{INTERVAL, SPREAD},
};

/// The age at which no answer rests on a detail any more (design §10: report-only reads daily).
pub const OLDEST: SignedDuration = SignedDuration::from_hours(24);

/// Details of earlier readings.
#[derive(Clone, Debug, Default)]
pub struct Details {
    /// Nothing but the details.
    facts: Exchange,
    read_at: BTreeMap<Wanted, Timestamp>,
    /// What the listing showed of their recipients.
    shown: BTreeMap<RecipientKey, Recipient>,
}

impl Details {
    /// What a landscape knows that may be carried over into the next one.
    pub fn of(landscape: &Landscape) -> Self {
        let mut details = Self::default();
        let (Some(read_at), Some(recipients)) = (landscape.read_at, landscape.exchange.recipients.present()) else {
            return details;
        };
        for wanted in known(landscape) {
            let Some((key, shown)) = recipient(&wanted).and_then(|key| recipients.get(key).map(|shown| (key, shown)))
            else {
                continue;
            };
            copy(&wanted, &landscape.exchange, &mut details.facts);
            details.shown.entry(key.clone()).or_insert_with(|| shown.clone());
            let read_at = landscape.details_read_at.get(&wanted).copied().unwrap_or(read_at);
            details.read_at.insert(wanted, read_at);
        }
        details
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.read_at.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.read_at.is_empty()
    }

    /// Puts into a landscape, whose listings were read `now`, the details that still hold.
    pub fn carry_into(&self, landscape: &mut Landscape, now: Timestamp) {
        let Some(recipients) = landscape.exchange.recipients.present().cloned() else { return };
        for (wanted, read_at) in &self.read_at {
            let Some(key) = recipient(wanted) else { continue };
            let same = recipients.get(key).is_some_and(|one| self.shown.get(key) == Some(one));
            if same && now.duration_since(*read_at) < holds_for(wanted) {
                copy(wanted, &self.facts, &mut landscape.exchange);
                landscape.details_read_at.insert(wanted.clone(), *read_at);
            }
        }
    }
}

/// How long a detail holds: between half of the longest time and the whole of it, each detail always the same. A reading
/// comes up to an interval after the moment in which a detail falls due.
fn holds_for(wanted: &Wanted) -> SignedDuration {
    let mut hasher = DefaultHasher::new();
    wanted.hash(&mut hasher);
    let longest = OLDEST - SignedDuration::from_secs((INTERVAL + SPREAD).as_secs().cast_signed());
    let parts = i32::try_from(hasher.finish() % 1_000).unwrap_or(0);
    longest / 2 + longest / 2_000 * parts
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::field::{Field, Surface};
    use tenant_contacts_core::{
        field::facts,
        landscape::{RecipientKind, Reference, Restrictions},
        model::{Fact, Unknown},
    };
    use uuid::Uuid;

    use super::*;

    /// The first reading.
    fn start() -> Timestamp {
        "2026-11-26T00:00:00Z".parse().unwrap()
    }

    fn later(minutes: i64) -> Timestamp {
        start() + SignedDuration::from_mins(minutes)
    }

    fn list(number: u128) -> Recipient {
        Recipient {
            key: format!("list {number}").into(),
            directory_id: Some(Uuid::from_u128(number)),
            display_name: "List".into(),
            primary: None,
            addresses: [].into(),
            kind: RecipientKind::List { dynamic: false },
            restrictions: Restrictions::default(),
            synchronised: Some(false),
        }
    }

    /// What listings show of so many lists.
    fn listed(lists: u128, at: Timestamp) -> Landscape {
        let mut landscape = Landscape { read_at: Some(at), ..Landscape::default() };
        landscape.exchange.recipients =
            Fact::Present((0..lists).map(|number| (list(number).key, list(number))).collect());
        landscape
    }

    /// The same, with their members.
    fn read(lists: u128, at: Timestamp) -> Landscape {
        let mut landscape = listed(lists, at);
        let members =
            (0..lists).map(|number| (list(number).key, Fact::Present([Reference::Recipient("ada".into())].into())));
        landscape.exchange.members = members.collect();
        landscape
    }

    /// The next reading, before anything is asked for.
    fn next(before: &Landscape, lists: u128, at: Timestamp) -> Landscape {
        let mut landscape = listed(lists, at);
        Details::of(before).carry_into(&mut landscape, at);
        landscape
    }

    #[test]
    fn what_was_read_together_falls_due_spread_over_half_a_day_and_within_a_day() {
        let mut landscape = read(1_000, start());
        let mut left = Vec::new();
        for hour in 1..24 {
            // As late as readings come.
            let at = later(66 * hour);
            landscape = next(&landscape, 1_000, at);
            left.push(landscape.exchange.members.len());
            assert!(landscape.details_read_at.values().all(|read| *read == start()), "nothing gets younger");
            let oldest = landscape.details_read_at.values().map(|read| at.duration_since(*read)).max();
            assert!(oldest.is_none_or(|age| age < OLDEST), "{oldest:?}");
        }
        assert!(left[..10].iter().all(|left| *left == 1_000), "{left:?}");
        assert_eq!(left.last(), Some(&0), "{left:?}");
        let most = left.windows(2).map(|pair| pair[0] - pair[1]).max().unwrap();
        assert!(most < 200, "{left:?}");
    }

    #[test]
    fn a_detail_is_carried_over_only_while_the_listing_shows_its_recipient_as_it_was() {
        let before = read(4, start());
        let mut now = listed(4, later(60));
        let Fact::Present(recipients) = &mut now.exchange.recipients else { unreachable!() };
        recipients.get_mut("list 0").unwrap().directory_id = Some(Uuid::from_u128(9));
        recipients.get_mut("list 1").unwrap().restrictions.moderated = true;
        recipients.remove("list 2");
        Details::of(&before).carry_into(&mut now, later(60));
        assert_eq!(now.exchange.members.keys().map(|key| &**key).collect::<Vec<_>>(), ["list 3"]);
        let mut unread = Landscape { read_at: Some(later(60)), ..Landscape::default() };
        Details::of(&before).carry_into(&mut unread, later(60));
        assert!(unread.exchange.members.is_empty(), "nobody knows what they belong to");
    }

    #[test]
    fn what_this_program_writes_shows_in_listings_and_is_no_detail() {
        for field in Field::ALL {
            let written = facts(field).map(|facts| facts.surface);
            match written {
                // Read with every reading.
                Some(Surface::Organization | Surface::Users) | None => {}
                // Whoever writes another surface has its writes end what was carried over of it.
                Some(other) => panic!("{field:?} is written to {other:?}, of which details are carried over"),
            }
        }
    }

    #[test]
    fn what_could_not_be_read_is_not_carried_over() {
        let mut before = read(2, start());
        let missing = Fact::Unknown(Unknown::PermissionMissing("Exchange.ManageAsApp".into()));
        before.exchange.members.insert("list 0".into(), missing);
        before.mail_exchangers.insert("fabrikam.com".into(), Fact::Present(["mx.fabrikam.com".into()].into()));
        before.directory.group_members.insert(Uuid::nil(), Fact::Present([Uuid::nil()].into()));
        assert_eq!(Details::of(&before).len(), 1);
        let after = next(&before, 2, later(60));
        assert_eq!(after.exchange.members.len(), 1);
        assert!(
            after.mail_exchangers.is_empty() && after.directory.group_members.is_empty(),
            "these are read every time"
        );
    }
}
