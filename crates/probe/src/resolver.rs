//! Who takes a domain's mail: the questions that tell, and their limits.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use domain::base::Name;
use futures::future::BoxFuture;
use tenant_contacts_core::{landscape, model::Fact};
use tokio::{sync::Semaphore, time::timeout};

use crate::{
    MailExchangers, ServersError,
    failure::Failure,
    name, query, servers,
    wire::{self, Kind, Said},
};

/// How long one answer is waited for: what resolv.conf(5) waits if nothing else is configured. A server that asks others has
/// then asked them more than once.
const ANSWER: Duration = Duration::from_secs(5);

/// How long one domain is waited for, over all servers and questions: a server that is not there, one that answers late, and
/// the question after it. What takes longer is seldom known after a minute either.
const DOMAIN: Duration = Duration::from_secs(15);

/// How often each server is asked the same: twice, as resolv.conf(5) does, because datagrams get lost.
const TRIES: usize = 2;

/// Domains asked about at the same time. Small forwarders take 150 questions at once from everybody (dnsmasq's
/// `--dns-forward-max`): a tenth of that leaves them for others.
const AT_ONCE: usize = 16;

/// After so many domains in a row without any answer, no further one is waited for: one round of [`AT_ONCE`], so that a server
/// that is not there costs [`DOMAIN`] once and not once for every domain of the tenant.
const GIVE_UP: usize = AT_ONCE;

/// The hosts that take a domain's mail; `None` where it takes none.
type Hosts = Option<landscape::MailExchangers>;

/// Asks DNS servers. Of what they say it keeps what is known until it is told to [`forget`](MailExchangers::forget): time to
/// live is not looked at, since one survey is shorter than it matters.
pub struct Resolver {
    servers: Box<[SocketAddr]>,
    /// Place of the server that answered last: it is asked first.
    first: AtomicUsize,
    /// By name, in ASCII and lower case.
    known: Mutex<BTreeMap<Box<str>, Hosts>>,
    permits: Semaphore,
    /// Domains in a row for which no server said anything.
    unanswered: AtomicUsize,
}

impl Resolver {
    /// Asks the servers that this machine asks (`/etc/resolv.conf`). Its search list and its hosts file are not looked at:
    /// neither takes part in mail.
    pub fn system() -> Result<Self, ServersError> {
        servers::system().map(Self::among)
    }

    /// Asks this server, which has to look up the names of others.
    pub fn at(server: SocketAddr) -> Self {
        Self::among([server])
    }

    /// Asks these servers: each of them knows the same, and the next is asked where one fails. Without any, nothing is known.
    pub fn among(servers: impl Into<Box<[SocketAddr]>>) -> Self {
        Self {
            servers: servers.into(),
            first: AtomicUsize::new(0),
            known: Mutex::default(),
            permits: Semaphore::new(AT_ONCE),
            unanswered: AtomicUsize::new(0),
        }
    }

    async fn look(&self, domain: &str) -> Result<Hosts, Failure> {
        let asked = name::asked(domain).ok_or(Failure::NotAName)?;
        let heard = |known: &Mutex<BTreeMap<Box<str>, Hosts>>| {
            known.lock().unwrap_or_else(PoisonError::into_inner).get(&asked.text).cloned()
        };
        if let Some(known) = heard(&self.known) {
            return Ok(known);
        }
        // The semaphore is never closed.
        let _permit = self.permits.acquire().await.map_err(|_| Failure::Silent)?;
        if let Some(known) = heard(&self.known) {
            return Ok(known);
        }
        if self.unanswered.load(Ordering::Relaxed) >= GIVE_UP {
            return Err(Failure::Silent);
        }
        let found = timeout(DOMAIN, self.exchangers(&asked.name)).await.unwrap_or(Err(Failure::Silent));
        match &found {
            Ok(hosts) => {
                self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(asked.text.clone(), hosts.clone());
            }
            Err(why) if why.is_no_answer() => {
                self.unanswered.fetch_add(1, Ordering::Relaxed);
            }
            Err(_) => {}
        }
        found
    }

    /// RFC 5321, 5.1: the exchangers; where a name has none, the host of that name is its exchanger, if there is one.
    async fn exchangers(&self, name: &Name<Vec<u8>>) -> Result<Hosts, Failure> {
        let (said, name) = self.follow(name.clone(), Kind::Mx).await?;
        match said {
            Last::Records(hosts) => return Ok((!hosts.is_empty()).then_some(hosts)),
            Last::NoName => return Ok(None),
            Last::NoRecords => {}
        }
        for kind in [Kind::A, Kind::Aaaa] {
            match self.follow(name.clone(), kind).await?.0 {
                Last::Records(_) => return Ok(Some([].into())),
                Last::NoRecords | Last::NoName => {}
            }
        }
        Ok(None)
    }

    /// What is known of a name, or of the one that it is an alias of; and which one that is.
    async fn follow(&self, mut name: Name<Vec<u8>>, kind: Kind) -> Result<(Last, Name<Vec<u8>>), Failure> {
        let mut aliases = 0;
        loop {
            let last = match self.ask(&name, kind, &mut aliases).await? {
                Said::Records(hosts) => Last::Records(hosts),
                Said::NoRecords => Last::NoRecords,
                Said::NoName => Last::NoName,
                Said::Alias(to) => {
                    name = to;
                    continue;
                }
            };
            return Ok((last, name));
        }
    }

    /// Asks one server after the other until one knows.
    async fn ask(&self, name: &Name<Vec<u8>>, kind: Kind, aliases: &mut usize) -> Result<Said, Failure> {
        let first = self.first.load(Ordering::Relaxed);
        let mut why = Failure::Silent;
        for attempt in 0..TRIES * self.servers.len() {
            let place = (first + attempt) % self.servers.len();
            let Some(server) = self.servers.get(place) else { break };
            let answer = timeout(ANSWER, query::ask(*server, name, kind)).await.unwrap_or(Err(Failure::Silent));
            let mut followed = *aliases;
            let said = answer.and_then(|answer| {
                self.unanswered.store(0, Ordering::Relaxed);
                wire::read(&answer, kind, &mut followed)
            });
            match said {
                Ok(said) => {
                    self.first.store(place, Ordering::Relaxed);
                    *aliases = followed;
                    return Ok(said);
                }
                // What somebody says is worth more than that another one says nothing.
                Err(failure) if attempt == 0 || !failure.is_no_answer() => why = failure,
                Err(_) => {}
            }
        }
        Err(why)
    }
}

/// What is said of a name that is no alias.
enum Last {
    Records(landscape::MailExchangers),
    NoRecords,
    NoName,
}

impl MailExchangers for Resolver {
    fn hosts<'a>(&'a self, domain: &'a str) -> BoxFuture<'a, Fact<landscape::MailExchangers>> {
        Box::pin(async move {
            match self.look(domain).await {
                Ok(Some(hosts)) => Fact::Present(hosts),
                Ok(None) => Fact::Absent,
                Err(why) => Fact::Unknown(why.unknown()),
            }
        })
    }

    fn forget(&self) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.unanswered.store(0, Ordering::Relaxed);
    }
}
