//! Metrics in the OpenMetrics format. The names are a promise; docs/metrics.md lists them.
//!
//! Invariant: labels hold namespaces, names of Tenant objects and closed words: no address, no free text.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram, info::Info},
    registry::{Registry, Unit},
};
use tenant_contacts_api::{
    notice::{Category, Reach, Severity},
    reason::Reason,
};
use tenant_contacts_core::{
    answer::{Answer, Finding},
    desired::ObjectKey,
};
use tenant_contacts_engine::{PassReport, port::RecordsError};
use tenant_contacts_m365::observe::{Observer, Operation, Service, StatusClass};

/// Upper ends of the pass-duration buckets in seconds: a pass without changes takes tens of milliseconds, one that reads a
/// large tenant in full takes up to minutes.
const BUCKETS: [f64; 10] = [0.01, 0.05, 0.1, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0];

/// How a reading of a tenant as a whole ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surveyed {
    /// Everything that may be read was read, at this time.
    Done(Timestamp),
    /// A service was busy or down: some is unknown that may be known soon.
    Interrupted,
    /// Nothing could be read.
    Problem,
}

/// Requests to a service.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    service: &'static str,
    operation: &'static str,
    status_class: &'static str,
}

/// A service.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfService {
    service: &'static str,
}

/// Labels of a Tenant object.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfTenant {
    namespace: String,
    tenant: String,
}

/// The same with an outcome.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    namespace: String,
    tenant: String,
    outcome: &'static str,
}

/// People behind a category of notices.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfCategory {
    namespace: String,
    tenant: String,
    category: &'static str,
    certainty: &'static str,
}

/// Categories by what is to be said of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reached {
    namespace: String,
    tenant: String,
    reach: &'static str,
}

/// Findings by what they weigh.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Weighing {
    namespace: String,
    tenant: String,
    severity: &'static str,
}

/// Declared fields by why they are blocked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Hindered {
    namespace: String,
    tenant: String,
    reason: &'static str,
}

const SEVERITIES: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Info];
const CERTAINTIES: [&str; 2] = ["certain", "possible"];
/// Findings that an exception covers.
const EXCEPTED: &str = "excepted";

/// What is counted.
pub struct Metrics {
    registry: Registry,
    passes: Family<Ended, Counter>,
    steps: Family<Ended, Counter>,
    duration: Family<OfTenant, Histogram, fn() -> Histogram>,
    succeeded: Family<OfTenant, Gauge<f64, AtomicU64>>,
    awaiting_approval: Family<OfTenant, Gauge>,
    blocked: Family<Hindered, Gauge>,
    requests: Family<Request, Counter>,
    throttled: Family<OfService, Counter>,
    leader: Gauge,
    surveys: Family<Ended, Counter>,
    survey_duration: Family<OfTenant, Histogram, fn() -> Histogram>,
    survey_succeeded: Family<OfTenant, Gauge<f64, AtomicU64>>,
    people: Family<OfCategory, Gauge>,
    categories: Family<Reached, Gauge>,
    findings: Family<Weighing, Gauge>,
}

impl Metrics {
    /// Nothing counted yet.
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("tenant_contacts");
        let passes = Family::default();
        registry.register("passes", "Passes over a tenant, by outcome: done, problem, records_failed", passes.clone());
        let steps = Family::default();
        registry.register("steps", "Steps sent to a tenant, by outcome: done, refused, not_done", steps.clone());
        let duration = Family::new_with_constructor(histogram as fn() -> Histogram);
        registry.register_with_unit("pass_duration", "How long a pass took", Unit::Seconds, duration.clone());
        let succeeded = Family::default();
        registry.register_with_unit(
            "last_successful_pass_timestamp",
            "When the tenant was last looked at without a problem",
            Unit::Seconds,
            succeeded.clone(),
        );
        let awaiting_approval = Family::default();
        registry.register("steps_awaiting_approval", "Steps that wait for an approval", awaiting_approval.clone());
        let blocked = Family::default();
        registry.register("blocked_fields", "Declared fields that are blocked now, by reason", blocked.clone());
        let requests = Family::default();
        registry.register(
            "requests",
            "Requests to Microsoft's services, by what they were for and how they ended",
            requests.clone(),
        );
        let throttled = Family::default();
        registry.register("throttled", "Answers in which a service asked to slow down", throttled.clone());
        let leader = Gauge::default();
        registry.register("leader", "Whether this replica holds the lease", leader.clone());
        let surveys = Family::default();
        registry.register(
            "surveys",
            "Readings of a tenant as a whole, by outcome: done, interrupted, problem",
            surveys.clone(),
        );
        let survey_duration = Family::new_with_constructor(histogram as fn() -> Histogram);
        registry.register_with_unit(
            "survey_duration",
            "How long a reading of a tenant as a whole took",
            Unit::Seconds,
            survey_duration.clone(),
        );
        let survey_succeeded = Family::default();
        registry.register_with_unit(
            "last_successful_survey_timestamp",
            "When the tenant was last read as a whole",
            Unit::Seconds,
            survey_succeeded.clone(),
        );
        let people = Family::default();
        registry.register("category_people", "People who receive a category of notices", people.clone());
        let categories = Family::default();
        registry.register("categories", "Categories of notices, by whom they reach", categories.clone());
        let findings = Family::default();
        registry.register("findings", "What rules found, by severity", findings.clone());
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The version that runs", build);
        Self {
            registry,
            passes,
            steps,
            duration,
            succeeded,
            awaiting_approval,
            blocked,
            requests,
            throttled,
            leader,
            surveys,
            survey_duration,
            survey_succeeded,
            people,
            categories,
            findings,
        }
    }

    /// Counts a pass.
    pub fn pass(&self, key: &ObjectKey, took: Duration, result: Result<&PassReport, &RecordsError>) {
        let of = of(key);
        let outcome = |outcome| Ended { namespace: of.namespace.clone(), tenant: of.tenant.clone(), outcome };
        self.duration.get_or_create(&of).observe(took.as_secs_f64());
        let Ok(report) = result else {
            self.passes.get_or_create(&outcome("records_failed")).inc();
            return;
        };
        let count = |steps: usize| u64::try_from(steps).unwrap_or(u64::MAX);
        for (word, steps) in [
            ("done", report.done),
            ("refused", report.refused),
            ("not_done", report.sent.saturating_sub(report.done + report.refused)),
        ] {
            self.steps.get_or_create(&outcome(word)).inc_by(count(steps));
        }
        let whole = report.problem.is_none() && report.failing.is_empty();
        self.passes.get_or_create(&outcome(if whole { "done" } else { "problem" })).inc();
        if report.problem.is_none() {
            self.awaiting_approval.get_or_create(&of).set(i64::try_from(report.gated).unwrap_or(i64::MAX));
            self.blocked(key, &report.blocked);
        }
        if !whole {
            return;
        }
        self.succeeded.get_or_create(&of).set(seconds(Timestamp::now()));
    }

    /// What is blocked now; a reason for which nothing is blocked any more has no series.
    fn blocked(&self, key: &ObjectKey, blocked: &BTreeMap<Reason, usize>) {
        for reason in Reason::ALL {
            let labels = hindered(key, *reason);
            match blocked.get(reason) {
                Some(fields) => {
                    self.blocked.get_or_create(&labels).set(i64::try_from(*fields).unwrap_or(i64::MAX));
                }
                None => {
                    self.blocked.remove(&labels);
                }
            }
        }
    }

    /// Counts a reading of a tenant as a whole.
    pub fn survey(&self, key: &ObjectKey, took: Duration, surveyed: Surveyed) {
        let of = of(key);
        self.survey_duration.get_or_create(&of).observe(took.as_secs_f64());
        let outcome = match surveyed {
            Surveyed::Done(now) => {
                self.survey_succeeded.get_or_create(&of).set(seconds(now));
                "done"
            }
            Surveyed::Interrupted => "interrupted",
            Surveyed::Problem => "problem",
        };
        let OfTenant { namespace, tenant } = of;
        self.surveys.get_or_create(&Ended { namespace, tenant, outcome }).inc();
    }

    /// What the last reading of a tenant means.
    pub fn answer(&self, key: &ObjectKey, answer: &Answer) {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        for one in &answer.categories {
            for (certainty, people) in CERTAINTIES.into_iter().zip([&one.certain, &one.possible]) {
                let labels = of_category(key, one.category, certainty);
                self.people.get_or_create(&labels).set(number(people.len()));
            }
        }
        for reach in Reach::ALL.iter().copied() {
            let with = answer.categories.iter().filter(|one| one.reach == reach).count();
            self.categories.get_or_create(&reached(key, reach)).set(number(with));
        }
        for severity in SEVERITIES {
            let counting = |one: &&Finding| one.excepted.is_none() && one.severity == severity;
            let found = answer.findings.iter().filter(counting).count();
            self.findings.get_or_create(&weighing(key, severity.as_str())).set(number(found));
        }
        let excepted = answer.findings.iter().filter(|one| one.excepted.is_some()).count();
        self.findings.get_or_create(&weighing(key, EXCEPTED)).set(number(excepted));
    }

    /// Nobody here says any more how a tenant stands: the Tenant object is gone, or another replica leads.
    pub fn forget_report(&self, key: &ObjectKey) {
        for category in Category::ALL {
            for certainty in CERTAINTIES {
                self.people.remove(&of_category(key, *category, certainty));
            }
        }
        for reach in Reach::ALL.iter().copied() {
            self.categories.remove(&reached(key, reach));
        }
        for severity in SEVERITIES.map(Severity::as_str).into_iter().chain([EXCEPTED]) {
            self.findings.remove(&weighing(key, severity));
        }
        self.survey_succeeded.remove(&of(key));
    }

    /// A Tenant object is gone: so are its series, lest an alert rings for it for ever.
    pub fn forget(&self, key: &ObjectKey) {
        let of = of(key);
        for outcome in ["done", "interrupted", "problem", "records_failed", "refused", "not_done"] {
            let labels = Ended { namespace: of.namespace.clone(), tenant: of.tenant.clone(), outcome };
            self.passes.remove(&labels);
            self.steps.remove(&labels);
            self.surveys.remove(&labels);
        }
        self.survey_duration.remove(&of);
        self.duration.remove(&of);
        self.succeeded.remove(&of);
        self.awaiting_approval.remove(&of);
        self.blocked(key, &BTreeMap::new());
    }

    /// Whether this replica leads.
    pub fn leads(&self, leads: bool) {
        self.leader.set(i64::from(leads));
    }

    /// All of it as text.
    pub fn text(&self) -> Result<String, std::fmt::Error> {
        let mut out = String::new();
        text::encode(&mut out, &self.registry)?;
        Ok(out)
    }
}

impl Observer for Metrics {
    fn ended(&self, service: Service, operation: Operation, class: StatusClass) {
        let (service, operation, status_class) = (service.as_str(), operation.as_str(), class.as_str());
        self.requests.get_or_create(&Request { service, operation, status_class }).inc();
    }

    fn throttled(&self, service: Service) {
        self.throttled.get_or_create(&OfService { service: service.as_str() }).inc();
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

fn histogram() -> Histogram {
    Histogram::new(BUCKETS)
}

fn of(key: &ObjectKey) -> OfTenant {
    OfTenant { namespace: key.namespace.to_string(), tenant: key.name.to_string() }
}

fn of_category(key: &ObjectKey, category: Category, certainty: &'static str) -> OfCategory {
    let OfTenant { namespace, tenant } = of(key);
    OfCategory { namespace, tenant, category: category.as_str(), certainty }
}

fn reached(key: &ObjectKey, reach: Reach) -> Reached {
    let OfTenant { namespace, tenant } = of(key);
    Reached { namespace, tenant, reach: reach.as_str() }
}

fn hindered(key: &ObjectKey, reason: Reason) -> Hindered {
    let OfTenant { namespace, tenant } = of(key);
    Hindered { namespace, tenant, reason: reason.as_str() }
}

fn weighing(key: &ObjectKey, severity: &'static str) -> Weighing {
    let OfTenant { namespace, tenant } = of(key);
    Weighing { namespace, tenant, severity }
}

#[allow(clippy::cast_precision_loss)] // milliseconds since 1970 fit a float to the millisecond
fn seconds(at: Timestamp) -> f64 {
    at.as_millisecond() as f64 / 1000.0
}

/// Seconds since the start at which the operator last showed that it is alive.
#[derive(Clone, Default)]
pub struct Heartbeat(Arc<AtomicU64>);

impl Heartbeat {
    /// It is alive.
    pub fn beat(&self, since_start: Duration) {
        self.0.store(since_start.as_secs(), Ordering::Relaxed);
    }

    /// How long ago that was.
    pub fn age(&self, since_start: Duration) -> Duration {
        Duration::from_secs(since_start.as_secs().saturating_sub(self.0.load(Ordering::Relaxed)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use tenant_contacts_core::{answer::CategoryAnswer, desired::Kind, status::TenantProblem};

    use super::*;

    #[test]
    fn the_page_on_metrics_lists_exactly_these() {
        let metrics = Metrics::new();
        let key = ObjectKey { kind: Kind::Tenant, namespace: "contoso".into(), name: "contoso".into() };
        let blocked = BTreeMap::from([(Reason::AccountNotFound, 1)]);
        metrics.pass(&key, Duration::from_secs(1), Ok(&PassReport { blocked, ..PassReport::default() }));
        metrics.ended(Service::Graph, Operation::Read, StatusClass::Success);
        metrics.throttled(Service::Graph);
        metrics.survey(&key, Duration::from_secs(1), Surveyed::Done(Timestamp::UNIX_EPOCH));
        metrics.answer(&key, &answer());
        let text = metrics.text().unwrap();
        let samples = text.lines().filter(|line| !line.starts_with('#')).map(|line| {
            let name = line.split(['{', ' ']).next().unwrap_or_default();
            // The parts of a histogram.
            ["_bucket", "_sum", "_count"].iter().find_map(|part| name.strip_suffix(part)).unwrap_or(name)
        });
        let page = include_str!("../../docs/metrics.md");
        let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
        assert_eq!(samples.collect::<BTreeSet<_>>(), rows.collect::<BTreeSet<_>>());
    }

    #[test]
    fn the_page_on_metrics_has_every_word_of_a_requests_labels() {
        let page = include_str!("../../docs/metrics.md");
        let row = |name: &str| page.lines().find(|line| line.starts_with(&format!("| `{name}`"))).unwrap();
        let services = Service::ALL.map(Service::as_str);
        let words = [&Operation::ALL.map(Operation::as_str)[..], &StatusClass::ALL.map(StatusClass::as_str)];
        for word in services.iter().chain(words.concat().iter()) {
            assert!(row("tenant_contacts_requests_total").contains(&format!("`{word}`")), "{word}");
        }
        for word in services {
            assert!(row("tenant_contacts_throttled_total").contains(&format!("`{word}`")), "{word}");
        }
    }

    #[test]
    fn what_is_no_longer_blocked_has_no_series_and_a_pass_that_saw_nothing_changes_none() {
        let metrics = Metrics::new();
        let key = ObjectKey { kind: Kind::Tenant, namespace: "contoso".into(), name: "contoso".into() };
        let pass = |blocked: &[(Reason, usize)], problem: Option<TenantProblem>| {
            let blocked = blocked.iter().copied().collect();
            let report = PassReport { blocked, problem, ..PassReport::default() };
            metrics.pass(&key, Duration::from_secs(1), Ok(&report));
            let text = metrics.text().unwrap();
            let lines = text.lines().filter_map(|line| line.strip_prefix("tenant_contacts_blocked_fields{"));
            lines.map(|line| line.rsplit_once("reason=").unwrap().1.to_owned()).collect::<BTreeSet<_>>()
        };
        let both = [r#""AccountNotFound"} 2"#, r#""Conflict"} 1"#].map(str::to_owned).into();
        assert_eq!(pass(&[(Reason::AccountNotFound, 2), (Reason::Conflict, 1)], None), both);
        let problem = TenantProblem { reason: Reason::TenantUnreachable, message: String::new() };
        assert_eq!(pass(&[], Some(problem)), both, "what was seen last");
        assert_eq!(pass(&[(Reason::Conflict, 1)], None), [r#""Conflict"} 1"#.to_owned()].into());
        metrics.forget(&key);
        assert!(!metrics.text().unwrap().contains("contoso\""));
    }

    /// One category.
    fn answer() -> Answer {
        let category = CategoryAnswer {
            category: Category::Privacy,
            sources: Vec::new(),
            recipients: Vec::new(),
            certain: Vec::new(),
            possible: Vec::new(),
            reach: Reach::Nobody,
            notes: Vec::new(),
        };
        Answer { categories: vec![category], ..Answer::default() }
    }

    #[test]
    fn what_is_said_of_a_tenant_ends_where_nobody_here_knows_it_any_more() {
        let metrics = Metrics::new();
        let key = ObjectKey { kind: Kind::Tenant, namespace: "contoso".into(), name: "contoso".into() };
        metrics.survey(&key, Duration::from_secs(1), Surveyed::Done(Timestamp::UNIX_EPOCH));
        metrics.answer(&key, &answer());
        let said = r#"tenant_contacts_categories{namespace="contoso",tenant="contoso",reach="Nobody"} 1"#;
        assert!(metrics.text().unwrap().contains(said), "{}", metrics.text().unwrap());
        metrics.forget_report(&key);
        metrics.forget(&key);
        assert!(!metrics.text().unwrap().contains("contoso\""), "{}", metrics.text().unwrap());
    }
}
