//! Everything a simulator knows, behind one lock.
//!
//! Invariant: nothing awaits while it holds the lock; a request is handled at one instant.

use std::{collections::BTreeMap, time::Duration};

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use crate::{
    auth::{
        credentials::Application,
        token::{Claims, Signer},
    },
    billing::operations::Operations,
    clock::Clock,
    exchange::{
        api::error::ExchangeError,
        print,
        under_way::Sync,
        view::{Cursor, Exchange},
    },
    faults::FaultPlayer,
    graph::request::GraphRequest,
    ids,
    journal::Statistics,
    limits::{others::OtherQuotas, quotas::Quotas},
    options::{Options, ReplicaChoice},
    partner::PartnerAccess,
    requests::Requests,
    schema::{Entity, directory},
    seed::{Loaded, NoticesSeed},
    store::{Origin, Store, record::Record},
};

/// See the module.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) options: Options,
    pub(crate) clock: Clock,
    pub(crate) started: Instant,
    pub(crate) store: Store,
    pub(crate) tenant_id: String,
    pub(crate) domains: Vec<String>,
    pub(crate) applications: Vec<Application>,
    pub(crate) help_desk_link: Option<String>,
    pub(crate) signer: Signer,
    pub(crate) statistics: Statistics,
    pub(crate) requests: Requests,
    pub(crate) faults: FaultPlayer,
    pub(crate) quotas: Quotas,
    pub(crate) other_quotas: OtherQuotas,
    pub(crate) partner: PartnerAccess,
    pub(crate) notices: NoticesSeed,
    /// Writes to billing that were accepted.
    pub(crate) billing: Operations,
    pub(crate) rng: StdRng,
    /// Delta tokens of an older generation are answered 410 (contract §2 Delta). Each run is a generation of its own.
    pub(crate) delta_generation: u64,
    /// Generations of earlier runs whose tokens are good, up to the log position that was kept of them.
    pub(crate) delta_ended: BTreeMap<u64, u64>,
    /// Generation and log position of the last save.
    pub(crate) saved: Option<(u64, u64)>,
    next_replica: usize,
    /// What is under way between Exchange and the directory.
    pub(crate) exchange: Sync,
}

impl State {
    pub(crate) fn new(loaded: Loaded, options: Options, clock: Clock) -> Self {
        let mut rng = StdRng::seed_from_u64(options.seed);
        let key: [u8; 32] = rng.random();
        Self {
            faults: FaultPlayer::new(options.faults.clone()),
            started: Instant::now(),
            clock,
            store: loaded.store,
            tenant_id: loaded.tenant_id,
            domains: loaded.domains,
            applications: loaded.applications,
            help_desk_link: loaded.help_desk_link,
            signer: Signer::new(&key),
            statistics: Statistics::default(),
            quotas: Quotas::default(),
            other_quotas: OtherQuotas::default(),
            partner: loaded.partner,
            notices: loaded.notices,
            billing: Operations::default(),
            requests: Requests::default(),
            rng,
            delta_generation: 0,
            delta_ended: BTreeMap::new(),
            saved: None,
            next_replica: 0,
            exchange: Sync::default(),
            options,
        }
    }

    pub(crate) fn uptime(&self) -> Duration {
        self.started.elapsed()
    }

    /// A random GUID of the seeded generator.
    pub(crate) fn guid(&mut self) -> String {
        ids::uuid_text(self.rng.random())
    }

    /// Whether a path segment names this tenant: its id or one of its verified domains.
    pub(crate) fn is_tenant(&self, segment: &str) -> bool {
        let segment = segment.to_lowercase();
        segment == self.tenant_id || self.domains.contains(&segment)
    }

    /// The log position of the replica that answers the next read.
    pub(crate) fn next_position(&mut self) -> u64 {
        let count = self.options.replicas.len();
        let lag = if count == 0 {
            Duration::ZERO
        } else {
            let index = match self.options.replica_choice {
                ReplicaChoice::InTurn => self.next_replica % count,
                ReplicaChoice::Random => self.rng.random_range(0..count),
            };
            self.next_replica = self.next_replica.wrapping_add(1);
            self.options.replicas.get(index).copied().unwrap_or_default()
        };
        self.position_behind(lag)
    }

    fn position_behind(&self, lag: Duration) -> u64 {
        if lag.is_zero() { self.store.position() } else { self.store.position_at(self.clock.before(lag)) }
    }

    /// What a copy of Exchange shows that knows its own log up to `position`.
    pub(crate) fn exchange_view(&self, position: u64) -> Exchange<'_> {
        let behind = self.position_behind(self.options.exchange.from_directory);
        let organization = self.store.truth().range(Entity::Domain, None);
        let organization = organization
            .filter(|(_, domain)| domain.is_true(directory::DOMAIN_INITIAL))
            .find_map(|(_, domain)| domain.text(directory::DOMAIN_ID));
        Exchange {
            own: self.store.view(position),
            graph: self.store.view(position.min(behind)),
            now: self.clock.wall(),
            grace: self.options.exchange.mailbox_grace,
            mirrored: &self.exchange.mirrored,
            forwarding_prefix: self.options.switches.forwarding_smtp_has_prefix,
            references_are_display_names: self.options.switches.references_are_display_names,
            organization: organization.unwrap_or_default(),
        }
    }

    /// The log position of the copy of Exchange that answers the next read.
    pub(crate) fn exchange_position(&mut self) -> u64 {
        let own = &self.options.exchange.replicas;
        if own.is_empty() {
            return self.next_position();
        }
        let index = match self.options.replica_choice {
            ReplicaChoice::InTurn => self.next_replica % own.len(),
            ReplicaChoice::Random => self.rng.random_range(0..own.len()),
        };
        self.next_replica = self.next_replica.wrapping_add(1);
        self.position_behind(self.options.exchange.replicas.get(index).copied().unwrap_or_default())
    }

    /// Counts a request to the message trace: 100 per 5 minutes and tenant (contract §6.3), where limits are on.
    pub(crate) fn admit_trace(&mut self) -> Result<(), ExchangeError> {
        const REQUESTS: usize = 100;
        const WINDOW: Duration = Duration::from_mins(5);
        if self.options.limits.is_none() {
            return Ok(());
        }
        let now = Instant::now();
        while self.exchange.traced.front().is_some_and(|at| now.saturating_duration_since(*at) >= WINDOW) {
            self.exchange.traced.pop_front();
        }
        let first = self.exchange.traced.front().copied();
        if let Some(first) = first.filter(|_| self.exchange.traced.len() >= REQUESTS) {
            let wait = (first + WINDOW).saturating_duration_since(now).as_secs() + 1;
            return Err(ExchangeError::throttled(Some(&wait.to_string())));
        }
        self.exchange.traced.push_back(now);
        Ok(())
    }

    /// What is true in Exchange, which still may not know the directory's latest.
    pub(crate) fn exchange_truth(&self) -> Exchange<'_> {
        self.exchange_view(self.store.position())
    }

    /// Writes one object; `None` removes it.
    pub(crate) fn commit(&mut self, entity: Entity, id: &str, after: Option<Record>, origin: Origin) {
        let replicas = self.options.replicas.iter().chain(&self.options.exchange.replicas);
        let longest = replicas.chain([&self.options.exchange.from_directory]).max().copied().unwrap_or_default();
        let horizon = self.position_behind(longest);
        self.store.commit(entity, id, after, origin, horizon);
    }

    /// The origin of a write by a request to a REST service.
    pub(crate) fn asked(&self, claims: &Claims, request: &GraphRequest, request_id: String) -> Origin {
        Origin {
            at: Instant::now(),
            time: self.clock.text(),
            actor: claims.appid.clone(),
            method: request.method.clone(),
            path: format!("/{}{}", request.version, request.path),
            request_id,
        }
    }

    /// The origin of a write that comes from outside the API.
    pub(crate) fn outside(&mut self, method: &str, path: &str) -> Origin {
        Origin {
            at: Instant::now(),
            time: self.clock.text(),
            actor: "outside".to_owned(),
            method: method.to_owned(),
            path: path.to_owned(),
            request_id: self.guid(),
        }
    }

    /// The whole authoritative state, by entity set.
    pub(crate) fn truth(&self) -> Value {
        let view = self.store.truth();
        let exchange = self.exchange_truth();
        let mut all = Map::new();
        for entity in Entity::ALL {
            let schema = entity.schema();
            if entity == Entity::Recipient {
                let recipients = exchange.recipients(&Cursor::default());
                let recipients = recipients.map(|(_, found)| Value::Object(print::whole_recipient(&found)));
                all.insert(schema.set.to_owned(), recipients.collect());
                continue;
            }
            if entity.is_exchange() {
                let records = view.range(entity, None);
                let records = records.map(|(_, record)| Value::Object(print::whole_record(&exchange, entity, record)));
                all.insert(schema.set.to_owned(), records.collect());
                continue;
            }
            let objects = view.range(entity, None).map(|(key, record)| {
                let mut object = Map::new();
                for (number, row) in (0..).zip(schema.properties) {
                    if let Some(value) = record.get(number) {
                        object.insert(row.name.to_owned(), value.clone());
                    }
                }
                // Keys of methods name their user; ids alone would not.
                if matches!(entity, Entity::EmailMethod | Entity::PhoneMethod) {
                    object.insert("userId".to_owned(), json!(key.split('/').next()));
                }
                Value::Object(object)
            });
            all.insert(schema.set.to_owned(), objects.collect());
        }
        // What no API shows. Contract §10.35.
        all.insert("notices".to_owned(), json!(self.notices));
        all.insert("helpDeskLink".to_owned(), json!(self.help_desk_link));
        Value::Object(all)
    }
}
