//! A service that answers slowly, page after page: a pass ends all the same, says what it could not read, and since when
//! status is as it is.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use tenant_contacts::simulated::InProcess;
use tenant_contacts_api::reason::Reason;
use tenant_contacts_engine::Mode;
use tenant_contacts_m365::transport::{Body, Transport, TransportError};
use tenant_contacts_simulator::{Options, Paging};
use testkit::{
    rig::{self, World},
    small,
};
use tokio::time::{Instant, sleep};

/// Answers after so many seconds.
struct Slow {
    inner: InProcess,
    seconds: Arc<AtomicU64>,
}

impl Transport for Slow {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(async move {
            sleep(Duration::from_secs(self.seconds.load(Ordering::Relaxed))).await;
            self.inner.send(request).await
        })
    }
}

/// Most that a pass may take, whatever the service does: five minutes of reading, and what comes after.
const LONGEST: Duration = Duration::from_mins(6);

#[test]
fn b6_a_pass_ends_though_every_page_is_slow_and_status_says_since_when_it_is_stale() {
    rig::on_paused_time(async {
        // More accounts are declared than are asked for one by one, so they are listed: some twenty pages, of which the service
        // fills half of what was asked for, each answered within the time that one request may take.
        let mut seed = small::seed();
        seed.generate(12_000, 1);
        let paging = Paging { short: true, ..Paging::default() };
        let world = World::new(&seed, Options { paging, ..Options::default() });
        let seconds = Arc::new(AtomicU64::new(0));
        let transport = Slow { inner: InProcess(world.simulator.clone()), seconds: Arc::clone(&seconds) };
        let nobody =
            |number: u32| small::user(&format!("nobody-{number}"), "mobilePhone: {value: \"+1 206 555 0100\"}");
        let many: Vec<String> = (0..300).map(nobody).collect();
        let mut set = rig::text(&small::manifests(&many));
        let mut driver = world.process(&set, Arc::new(world.records.clone()), Arc::new(transport));
        rig::converge(&mut driver, &mut set, &world).await.unwrap();
        let read_at = driver.worker().observation().read_at.unwrap();

        seconds.store(20, Ordering::Relaxed);
        world.simulator.reset_delta();
        sleep(Duration::from_mins(10)).await;
        let start = Instant::now();
        let report = driver.pass(&set, &Mode::Run).await.unwrap();
        assert!(start.elapsed() <= LONGEST, "{:?}", start.elapsed());
        let problem = report.problem.as_ref().or(report.failing.first()).expect("it could not read everything");
        assert_eq!(problem.reason, Reason::TenantUnreachable);
        assert!(problem.message.contains("took longer than 5 minutes"), "{}", problem.message);
        let since = read_at.strftime("as it was read at %Y-%m-%dT%H:%M:%SZ").to_string();
        assert!(problem.message.contains(&since), "{}, and not {since}", problem.message);

        seconds.store(0, Ordering::Relaxed);
        sleep(report.next).await;
        let report = driver.pass(&set, &Mode::Run).await.unwrap();
        assert!(report.problem.is_none() && report.failing.is_empty(), "{report:?}");
    });
}
