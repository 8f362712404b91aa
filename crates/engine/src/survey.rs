//! Reading a whole tenant, until nothing more is wanted.
//!
//! What a listing gives is read once. Then whoever answers names the details that the answer needs, they are read, and the
//! answer is computed again: each round follows mail one hop further, for all recipients at once.
//!
//! Invariant: it ends, whatever the tenant's lists and forwards look like and whatever the port does: a detail is read once,
//! and what is still wanted after the last round is unknown and says so.

mod detail;
pub mod kept;
pub mod schedule;

use std::collections::BTreeSet;

use jiff::Timestamp;
use tenant_contacts_core::{
    answer::{Answer, Declared, explain},
    landscape::{Landscape, Wanted},
};

use self::{
    detail::{give_up, is_missing},
    kept::Details,
};
use crate::port::{Survey, TenantError};

/// Most rounds. Every round goes one hop further: a chain of lists, forwards and rules that is 64 hops long is none that
/// people built, and Exchange itself takes a message that has come so far for one that goes in circles (its limit is lower;
/// the number is not documented).
const MOST_ROUNDS: usize = 64;

/// What was read of a tenant, and what it answers.
#[derive(Clone, Debug)]
pub struct Looked {
    /// Everything that was read.
    pub landscape: Landscape,
    /// Who receives its notices.
    pub answer: Answer,
}

/// Reads a tenant as far as the answer needs it, and answers.
pub async fn look(port: &dyn Survey, declared: &Declared, now: Timestamp) -> Result<Looked, TenantError> {
    let landscape = read(port, now, &|landscape| explain(landscape, declared, now).wanted).await?;
    let answer = explain(&landscape, declared, now).answer;
    Ok(Looked { landscape, answer })
}

/// Reads a tenant: everything that listings give, and of what has to be asked one by one what `wanted` names when it has
/// seen the rest.
pub async fn read(
    port: &dyn Survey,
    now: Timestamp,
    wanted: &(dyn Fn(&Landscape) -> BTreeSet<Wanted> + Sync),
) -> Result<Landscape, TenantError> {
    read_again(port, &Details::default(), now, wanted).await
}

/// The same, knowing details of earlier readings: those that still hold are not asked for again.
pub async fn read_again(
    port: &dyn Survey,
    known: &Details,
    now: Timestamp,
    wanted: &(dyn Fn(&Landscape) -> BTreeSet<Wanted> + Sync),
) -> Result<Landscape, TenantError> {
    let mut landscape = Landscape { read_at: Some(now), ..Landscape::default() };
    port.listings(&mut landscape).await?;
    known.carry_into(&mut landscape, now);
    complete(port, &mut landscape, wanted).await?;
    Ok(landscape)
}

/// Reads the directory, and who is in the groups that hold roles. Everything else stays unread.
pub async fn directory(port: &dyn Survey, now: Timestamp) -> Result<Landscape, TenantError> {
    let mut landscape = Landscape { read_at: Some(now), ..Landscape::default() };
    port.directory(&mut landscape).await?;
    complete(port, &mut landscape, &|landscape| landscape.directory.groups_with_roles()).await?;
    Ok(landscape)
}

/// Reads what `wanted` names beyond what is there, until it names nothing more.
pub async fn complete(
    port: &dyn Survey,
    landscape: &mut Landscape,
    wanted: &(dyn Fn(&Landscape) -> BTreeSet<Wanted> + Sync),
) -> Result<(), TenantError> {
    for _ in 0..MOST_ROUNDS {
        let open: BTreeSet<Wanted> = wanted(landscape).into_iter().filter(|one| is_missing(one, landscape)).collect();
        if open.is_empty() {
            return Ok(());
        }
        port.details(&open, landscape).await?;
        // A port that leaves a detail out would be asked for it for ever.
        give_up(open, "a detail that was asked for", landscape);
    }
    give_up(wanted(landscape), "what lies more than 64 hops away", landscape);
    Ok(())
}

/// Whether everything that `wanted` names is there already.
pub fn is_complete(landscape: &Landscape, wanted: &dyn Fn(&Landscape) -> BTreeSet<Wanted>) -> bool {
    wanted(landscape).iter().all(|one| !is_missing(one, landscape))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use futures::future::BoxFuture;
    use tenant_contacts_core::{
        landscape::{RecipientKey, Reference},
        model::{Fact, Unknown},
    };

    use super::*;

    /// A tenant of lists in a chain: list `n` has list `n + 1` as its member.
    #[derive(Default)]
    struct Chain {
        asked: Mutex<Vec<usize>>,
        /// Says nothing about what it is asked.
        silent: bool,
    }

    fn list(number: usize) -> RecipientKey {
        format!("list {number}").into()
    }

    impl Survey for Chain {
        fn directory<'a>(&'a self, landscape: &'a mut Landscape) -> BoxFuture<'a, Result<(), TenantError>> {
            self.listings(landscape)
        }

        fn listings<'a>(&'a self, _: &'a mut Landscape) -> BoxFuture<'a, Result<(), TenantError>> {
            Box::pin(async { Ok(()) })
        }

        fn details<'a>(
            &'a self,
            wanted: &'a BTreeSet<Wanted>,
            landscape: &'a mut Landscape,
        ) -> BoxFuture<'a, Result<(), TenantError>> {
            Box::pin(async move {
                self.asked.lock().unwrap().push(wanted.len());
                for one in wanted {
                    let Wanted::Members(key) = one else { panic!("{one:?}") };
                    if !self.silent {
                        let number: usize = key.trim_start_matches("list ").parse().unwrap();
                        let member = Fact::Present([Reference::Recipient(list(number + 1))].into());
                        landscape.exchange.members.insert(key.clone(), member);
                    }
                }
                Ok(())
            })
        }
    }

    /// Follows the chain to its list `end`, and a second list beside it.
    fn follow(landscape: &Landscape, end: usize) -> BTreeSet<Wanted> {
        let mut open = BTreeSet::from([Wanted::Members(list(1_000_000))]);
        for number in 0..=end {
            open.insert(Wanted::Members(list(number)));
            if !landscape.exchange.members.contains_key(&list(number)) {
                break;
            }
        }
        open
    }

    #[tokio::test]
    async fn what_is_wanted_is_read_once_and_each_round_goes_one_hop_further() {
        let port = Chain::default();
        let read = read(&port, Timestamp::UNIX_EPOCH, &|landscape| follow(landscape, 3)).await.unwrap();
        assert_eq!(*port.asked.lock().unwrap(), [2, 1, 1, 1], "what is known is not asked again");
        assert_eq!(read.exchange.members.len(), 5);
        assert_eq!(read.read_at, Some(Timestamp::UNIX_EPOCH));
    }

    #[tokio::test]
    async fn a_chain_without_an_end_ends_as_unknown() {
        let port = Chain::default();
        let read = read(&port, Timestamp::UNIX_EPOCH, &|landscape| follow(landscape, usize::MAX)).await.unwrap();
        assert_eq!(port.asked.lock().unwrap().len(), MOST_ROUNDS);
        let last = &read.exchange.members[&list(MOST_ROUNDS)];
        assert!(matches!(last, Fact::Unknown(Unknown::ReadFailed(_))), "{last:?}");
    }

    #[tokio::test]
    async fn a_detail_that_the_port_leaves_out_is_unknown_and_not_asked_again() {
        let port = Chain { silent: true, ..Chain::default() };
        let read = read(&port, Timestamp::UNIX_EPOCH, &|landscape| follow(landscape, 0)).await.unwrap();
        assert_eq!(*port.asked.lock().unwrap(), [2]);
        assert!(read.exchange.members.values().all(|fact| fact.known().is_err()));
    }
}
