//! `kill -9`, with real processes: the service and the state are files, and whoever carries the work out dies at a call that the
//! test chooses. The next process goes on.

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures::future::BoxFuture;
use tenant_contacts::state::StateFile;
use tenant_contacts_api::field::Surface;
use tenant_contacts_core::{model::Observation, plan::Request};
use tenant_contacts_engine::port::{Limits, Outcome, Scope, SurfacePort, TenantError};
use testkit::{
    cli::folder::Folder,
    rehearsal::{Service, Trouble},
};

use super::{DeletionPolicy, EPOCH, NEVER, assert_as_declared, converge, gathered, phases, ports, rig, there, worker};

/// Names the folder, and that this process is the one that dies.
const FOLDER: &str = "REHEARSAL_KILLED_IN";

/// After how many calls it is killed.
const CALLS: &str = "REHEARSAL_KILLED_AFTER";

/// Between two moments at which processes die: some thirty of them cost about ten seconds.
const EVERY: usize = 6;

/// A service whose process stops in the middle of a call and waits for its end.
struct Struck {
    inner: Service,
    at: usize,
    calls: AtomicUsize,
}

impl Struck {
    /// Every second moment lies behind what the call did, the others before.
    fn strike(&self, behind: bool) {
        let call = self.calls.load(Ordering::Relaxed);
        if self.at != NEVER && call == self.at && behind == self.at.is_multiple_of(2) {
            println!("struck");
            loop {
                std::thread::park();
            }
        }
    }
}

impl SurfacePort for Struck {
    fn surfaces(&self) -> &'static [Surface] {
        self.inner.surfaces()
    }

    fn observe<'a>(
        &'a self,
        scope: &'a Scope<'a>,
        observation: &'a mut Observation,
    ) -> BoxFuture<'a, Result<(), TenantError>> {
        self.inner.observe(scope, observation)
    }

    fn write<'a>(&'a self, requests: &'a [Request]) -> BoxFuture<'a, Vec<Outcome>> {
        Box::pin(async move {
            self.calls.fetch_add(1, Ordering::Relaxed);
            self.strike(false);
            let outcomes = self.inner.write(requests).await;
            self.strike(true);
            outcomes
        })
    }

    fn poll<'a>(
        &'a self,
        surface: Surface,
        operation: &'a str,
    ) -> BoxFuture<'a, tenant_contacts_core::flight::Progress> {
        self.inner.poll(surface, operation)
    }

    fn limits(&self) -> Limits {
        self.inner.limits()
    }
}

/// Goes on with the work in the folder, until it is done or somebody ends it.
fn work(folder: &Path, at: usize) {
    rig::on_paused_time(async {
        let trouble = Trouble { lag: 20, one_in: 0 };
        let epoch = EPOCH.parse().unwrap();
        let (service, clock) = Service::on_disk(&folder.join("service.json"), epoch, 1, trouble, there());
        let state = StateFile::open(&folder.join("state")).expect("what the last process left can be opened");
        let struck = Struck { inner: service.clone(), at, calls: AtomicUsize::new(0) };
        let ports = ports(clock, Arc::new(state), Arc::new(struck));
        let mut worker = worker();
        let done = fs::read_dir(folder.join("done")).unwrap().count();
        for (number, phase) in phases().iter().enumerate().skip(done) {
            converge(&mut worker, &ports, &gathered(phase, DeletionPolicy::Restore)).await;
            assert_as_declared(number, &service.truth());
            fs::write(folder.join("done").join(number.to_string()), "").unwrap();
        }
        assert_eq!(service.wrong(), ["desk was without a holder"]);
        println!("ended after {} writes", service.writes().len());
    });
}

/// Runs a process in the folder. What it said last.
fn process(folder: &Path, at: usize) -> String {
    let test = "rehearsal::killed::a_process_that_is_killed_at_any_write_is_continued_by_the_next";
    let mut child = Command::new(env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .env(CALLS, at.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // The harness has begun the line with the test's name.
    let said = |line: String| line.find("struck").or_else(|| line.find("ended after")).map(|at| line[at..].to_owned());
    let last = lines.map_while(Result::ok).find_map(said);
    if last.as_deref() == Some("struck") {
        child.kill().unwrap();
    }
    let output = child.wait_with_output().unwrap();
    last.unwrap_or_else(|| panic!("killed at {at}: {}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn a_process_that_is_killed_at_any_write_is_continued_by_the_next() {
    if let (Ok(folder), Ok(at)) = (env::var(FOLDER), env::var(CALLS)) {
        return work(Path::new(&folder), at.parse().unwrap());
    }
    let folder = Folder::new("rehearsal_killed");
    let fresh = |name: &str| {
        let root = folder.root().join(name);
        fs::create_dir_all(root.join("done")).unwrap();
        root
    };
    let whole = process(&fresh("whole"), NEVER);
    assert!(whole.starts_with("ended"), "{whole}");
    let (mut kills, mut at) = (0, 1);
    loop {
        let root = fresh(&at.to_string());
        if process(&root, at) != "struck" {
            break;
        }
        kills += 1;
        // The second dies as well, a little later, and the third ends the work.
        kills += usize::from(process(&root, 3) == "struck");
        assert_eq!(process(&root, NEVER), whole, "killed at write {at}: every change is made once");
        at += if at < EVERY { 1 } else { EVERY };
    }
    assert!(kills >= 10, "only {kills} processes were killed");
}
