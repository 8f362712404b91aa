//! Records that cannot be kept at some moment, because the API server is away or the lease ends: nothing leaves that was not
//! kept, and once records can be kept again the work goes on at once, as if nothing had happened.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::future::BoxFuture;
use jiff::SignedDuration;
use serde_json::Value;
use tenant_contacts::{gather::TenantSet, state::Ephemeral};
use tenant_contacts_core::{desired::ObjectKey, flight};
use tenant_contacts_engine::{
    Mode,
    audit::AuditRecord,
    port::{Loaded, ObjectUpdate, Records, RecordsError, TenantUpdate},
};
use tenant_contacts_simulator::Options;
use testkit::{
    rig::{self, World},
    small,
    witness::Witness,
};

/// How long a driver waits after a pass that could not keep its records.
const RETRY: Duration = Duration::from_secs(5);

/// How often in a row records fail: through several passes.
const FAILURES: usize = 3;

/// On which side of keeping them records fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    /// Nothing is kept.
    Before,
    /// All is kept, and only the answer is lost.
    After,
}

/// Records that fail from the `at`-th call to keep on, `FAILURES` times.
struct Failing {
    inner: Ephemeral,
    at: usize,
    side: Side,
    calls: AtomicUsize,
}

impl Records for Failing {
    fn load<'a>(&'a self, tenant: &'a ObjectKey) -> BoxFuture<'a, Result<Loaded, RecordsError>> {
        self.inner.load(tenant)
    }

    fn keep<'a>(
        &'a self,
        tenant: &'a ObjectKey,
        update: Option<TenantUpdate<'a>>,
        objects: &'a [ObjectUpdate<'a>],
    ) -> BoxFuture<'a, Result<(), RecordsError>> {
        Box::pin(async move {
            let call = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
            let fails = (self.at..self.at + FAILURES).contains(&call);
            if !fails || self.side == Side::After {
                self.inner.keep(tenant, update, objects).await?;
            }
            if fails {
                return Err(RecordsError { action: "written", source: "the API server is away".into() });
            }
            Ok(())
        })
    }

    fn audit<'a>(
        &'a self,
        tenant: &'a ObjectKey,
        records: &'a [AuditRecord],
    ) -> BoxFuture<'a, Result<(), RecordsError>> {
        self.inner.audit(tenant, records)
    }
}

/// What a run left behind.
struct End {
    truth: Value,
    originals: Vec<Vec<String>>,
    writes: usize,
    took: SignedDuration,
    failed: bool,
}

/// Keeps what is declared until nothing is left to do, one phase after the other.
fn play(phases: &[TenantSet], at: usize, side: Side) -> End {
    rig::on_paused_time(async {
        let world = World::new(&small::seed(), Options::default());
        let witness = Witness::new(&world);
        let unjustified = witness.unjustified();
        let records = Arc::new(Failing { inner: world.records.clone(), at, side, calls: AtomicUsize::new(0) });
        let mut driver = world.process(&phases[0], Arc::<Failing>::clone(&records), Arc::new(witness));
        let started = world.now();
        let mut failed = false;
        for set in phases {
            let mut set = set.clone();
            loop {
                let wait = if let Ok(report) = driver.pass(&set, &Mode::Run).await {
                    let approved = rig::approve(&driver, &mut set, world.now());
                    if !approved && !report.unfinished && report.gated == 0 {
                        break;
                    }
                    if approved { Duration::ZERO } else { report.next }
                } else {
                    failed = true;
                    RETRY
                };
                tokio::time::sleep(wait).await;
            }
        }
        assert_eq!(*unjustified.lock().unwrap(), Vec::<String>::new(), "written without an intent kept before");
        let kept = world.records.kept();
        let fields = kept.objects.values().flat_map(|(memory, _)| &memory.fields);
        End {
            truth: world.simulator.truth(),
            originals: fields.filter_map(|field| field.original.clone()).collect(),
            writes: world.simulator.journal(0).len(),
            took: world.now().duration_since(started),
            failed,
        }
    })
}

#[test]
fn whichever_record_cannot_be_kept_nothing_is_lost_written_twice_or_waited_for() {
    let phases = [rig::text(&small::everything()), rig::text(&small::withdrawn())];
    let whole = play(&phases, usize::MAX - FAILURES, Side::Before);
    assert!(!whole.failed && whole.writes > 0);
    for side in [Side::Before, Side::After] {
        for at in 1.. {
            let end = play(&phases, at, side);
            if !end.failed {
                assert!(at > 5, "a run keeps more records than {at}");
                break;
            }
            let place = format!("failed {side:?} call {at}");
            assert_eq!(end.truth, whole.truth, "{place}: the tenant ends the same");
            assert_eq!(end.originals, whole.originals, "{place}: so do originals");
            assert_eq!(end.writes, whole.writes, "{place}: every change is made once, and no other");
            // What never left is not waited for as if it had: that would take a replication window.
            let extra = end.took - whole.took;
            assert!(extra < flight::GRAPH.window / 2, "{place}: took {extra:#} longer");
        }
    }
}
