//! Under the limits that Microsoft publishes: in process and on paused time, so that the machine has no part in it.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use serde_json::{Value, json};
use tenant_contacts::{
    connect::Network,
    driver::Driver,
    gather::TenantSet,
    simulated::{self, InProcess},
    state::Ephemeral,
    world::ProcessClock,
};
use tenant_contacts_api::{field::Field, v1alpha1::DeletionPolicy};
use tenant_contacts_core::desired::{DesiredField, DesiredObject, DesiredTarget, Kind, Want};
use tenant_contacts_engine::{Mode, port::NoFence};
use tenant_contacts_m365::{observe::Unobserved, send::RetryPolicy};
use tenant_contacts_simulator::{Limits, Options, Seed, Simulator};

use super::declared;

/// When it begins.
const EPOCH: &str = "2026-11-21T10:00:00Z";

/// Writes that the limits allow an application in a tenant at once, and then per second: 3,000 in 150 s.
const AT_ONCE: f64 = 3_000.0;
const PER_SECOND: f64 = 20.0;

/// Phones of a small tenant beside a large one.
const SMALL: usize = 10;

/// A tenant and its operator.
struct Office {
    simulator: Simulator,
    driver: Driver,
    set: TenantSet,
    epoch: Timestamp,
}

impl Office {
    /// A tenant in which a phone is declared of every account that may have one, and none has it.
    fn new(changes: usize, latency: Duration, clock: ProcessClock, epoch: Timestamp) -> Self {
        let mut seed = Seed::minimal();
        // One account in five is synchronised, and one is the administrator.
        seed.generate(changes * 5 / 4 + 5, 1);
        let options = Options { epoch: Some(epoch), latency, limits: Some(Limits::default()), ..Options::default() };
        let simulator = Simulator::new(&seed, options).unwrap();
        let truth = simulator.truth();
        let cloud = truth["users"].as_array().unwrap().iter().filter(|user| {
            let name = user["userPrincipalName"].as_str().unwrap();
            user["onPremisesSyncEnabled"] != true && !name.starts_with("admin@")
        });
        let objects = cloud.take(changes).enumerate().map(|(index, user)| contact(index, user)).collect();
        let mut set = declared::tenant_set(objects);
        set.gathered.tenant.mass_objects = u32::MAX;
        let network = Network {
            transport: Arc::new(InProcess(simulator.clone())),
            endpoints: Some(simulated::in_process_endpoints().unwrap()),
            clock,
            policy: RetryPolicy::default(),
            limited: true,
            mail_exchangers: Arc::new(tenant_contacts::survey::NotAsked),
            observer: Arc::new(Unobserved),
            federation: None,
        };
        let object = set.gathered.tenant.object.clone();
        let driver = Driver::new(object, Arc::new(Ephemeral::default()), Arc::new(NoFence), network);
        Self { simulator, driver, set, epoch }
    }

    /// Passes as they fall due until everything is as declared.
    async fn converge(&mut self) {
        loop {
            let report = self.driver.pass(&self.set, &Mode::Run).await.unwrap();
            if report.problem.is_none() && !report.unfinished {
                return;
            }
            tokio::time::sleep(report.next).await;
        }
    }

    /// Seconds from the beginning to the last write.
    fn written(&self) -> f64 {
        let journal = self.simulator.journal(0);
        let last: Timestamp = journal.last().unwrap().time.parse().unwrap();
        assert!(journal.iter().all(|entry| !entry.changes.is_empty()), "nothing is written twice");
        last.duration_since(self.epoch).as_secs_f64()
    }
}

fn contact(index: usize, user: &Value) -> DesiredObject {
    let phone = format!("+1 206 555 {index:05}");
    DesiredObject {
        key: declared::key(Kind::UserContact, &format!("account-{index:06}")),
        generation: Some(1),
        target: DesiredTarget::Account { name: user["userPrincipalName"].as_str().unwrap().into(), id: None },
        deletion: DeletionPolicy::Orphan,
        fields: vec![DesiredField {
            field: Field::MobilePhone,
            entry: None,
            want: Want::Exact([phone.into()].into()),
            from_secret: false,
            inside_allowed: false,
        }],
        removed: false,
        business_email: None,
        mail: None,
        requested_at: None,
    }
}

/// Prints what one tenant takes, two alike at once, and a large one beside a small one.
pub(crate) fn report(changes: usize) {
    let together: [&[usize]; 3] = [&[changes], &[changes, changes], &[changes, SMALL]];
    println!("### Writes under the published limits\n");
    println!(
        "| tenants at once, phones to be written in each | {} |",
        together.map(|sizes| cell(&json!(sizes))).join(" | ")
    );
    println!("|---|---|---|---|");
    let columns = together.map(|sizes| measure(sizes, Duration::ZERO));
    let rows = [
        ("written", "until the last write"),
        ("rate", "ratio to 20 writes a second, what the limits allow for ever (budget 1.1)"),
        ("bucket", "ratio to 3,000 writes at once and 20 a second after that"),
        ("verified", "until the last is verified"),
        ("throttled", "answers 429 (budget 0)"),
        ("requests", "requests, batches counting once"),
    ];
    for (key, title) in rows {
        println!("| {title} | {} |", columns.each_ref().map(|column| cell(&column[key])).join(" | "));
    }
}

/// What one tenant takes where each request takes a while: batches of writes, and of reads that verify, wait for each other
/// only as far as they have to.
pub(crate) fn report_latency(changes: usize) {
    const MILLISECONDS: [u64; 2] = [0, 50];
    println!("\n### {changes} phones, by the time that a request takes\n");
    println!("| a request takes | until the last write | until the last is verified | requests |");
    println!("|---|---|---|---|");
    for latency in MILLISECONDS {
        let row = measure(&[changes], Duration::from_millis(latency));
        let cells = ["precise", "verified", "requests"].map(|key| cell(&row[key]));
        println!("| {latency} ms | {} |", cells.join(" | "));
    }
}

fn cell(value: &Value) -> String {
    let values = value.as_array().unwrap().iter();
    values.map(|value| value.as_str().map_or_else(|| value.to_string(), Into::into)).collect::<Vec<_>>().join(", ")
}

fn measure(sizes: &[usize], latency: Duration) -> Value {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let epoch: Timestamp = EPOCH.parse().unwrap();
        let (clock, start) = (ProcessClock::start_at(epoch), tokio::time::Instant::now());
        let mut offices: Vec<Office> =
            sizes.iter().map(|&changes| Office::new(changes, latency, clock, epoch)).collect();
        let verified: Vec<Duration> = futures::future::join_all(offices.iter_mut().map(|office| async move {
            office.converge().await;
            start.elapsed()
        }))
        .await;
        let seconds = |took: f64| format!("{took:.0} s");
        let written: Vec<f64> = offices.iter().map(Office::written).collect();
        let ratios = |free: f64| -> Vec<String> {
            #[allow(clippy::cast_precision_loss)]
            let allowed = sizes.iter().map(|&changes| (changes as f64 - free) / PER_SECOND);
            let ratio = |(took, allowed): (&f64, f64)| {
                if allowed > 0.0 { format!("{:.2}", took / allowed) } else { "no wait needed".into() }
            };
            written.iter().zip(allowed).map(ratio).collect()
        };
        let statistics: Vec<_> = offices.iter().map(|office| office.simulator.statistics()).collect();
        json!({
            "precise": written.iter().map(|took| format!("{took:.2} s")).collect::<Vec<_>>(),
            "written": written.iter().copied().map(seconds).collect::<Vec<_>>(),
            "rate": ratios(0.0),
            "bucket": ratios(AT_ONCE),
            "verified": verified.iter().map(|took| seconds(took.as_secs_f64())).collect::<Vec<_>>(),
            "throttled": statistics.iter().map(|one| one.throttled).collect::<Vec<_>>(),
            "requests": statistics.iter().map(|one| one.requests).collect::<Vec<_>>(),
        })
    })
}
