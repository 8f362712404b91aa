//! What is measured, one phase after the other.

use std::{
    thread,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use tenant_contacts_simulator::Options;
use testkit::{cli::binary::Running, cluster::ControlPlane, operator::Site};

use crate::{audit, fleet, measure, spread};

/// kubectl sends 50 requests a second; so many side by side are what an API server on two cores takes.
const KUBECTLS: usize = 8;

/// Single changes: a hundredth of them is two, so the 99th percentile is not the longest.
const CHANGES: usize = 200;

/// Longest that a phase may take before the benchmark gives up.
const PATIENCE: Duration = Duration::from_mins(30);

/// Runs everything and prints the report.
pub(crate) fn report(objects: usize, mailboxes: bool) {
    let site = Site::with("fleet", &fleet::seed(objects, mailboxes), Options::default());
    let plane = ControlPlane::shared();
    let account = format!("system:serviceaccount:{}:tenant-contacts", site.release);
    let since = |from| audit::since(plane.audit_log(), &account, from);
    let quiet = ["--log", "warn"];
    let operator = site.operator(&quiet);
    site.apply(&fleet::tenant(objects));
    until("the tenant is looked at", || site.condition("tenant", "contoso", "Ready").as_deref() == Some("True InSync"));

    println!("\n### {objects} UserContacts applied at once, each with one value to be written\n");
    println!("| | |\n|---|---|");
    let (from, started) = (Timestamp::now(), Instant::now());
    let files = fleet::files(&site.namespace, objects, KUBECTLS);
    let applying: Vec<_> = files
        .into_iter()
        .map(|file| {
            let kubectl = site.kubectl.clone();
            thread::spawn(move || kubectl.call(&["apply", "--server-side", "-f", file.to_str().unwrap()]).ok())
        })
        .collect();
    // In the middle of it somebody changes something else.
    let written = |count: usize| !site.office.simulator.journal(u64::try_from(count).unwrap() - 1).is_empty();
    until("half of it is written", || written(objects / 2));
    let beside = change(&site, &fleet::organization(&site.namespace), "noc@contoso.com");
    for kubectl in applying {
        kubectl.join().unwrap();
    }
    println!("| applied by {KUBECTLS} kubectl | {:.1} s |", started.elapsed().as_secs_f64());
    until("everything is written", || written(objects + 1));
    println!("| all written to the tenant | {:.1} s |", started.elapsed().as_secs_f64());
    until_ready(&site, objects);
    println!("| all `Ready` | {:.1} s |", started.elapsed().as_secs_f64());
    let seen = since(from);
    println!(
        "| from an object applied to its last status: median · p99 · longest | {} |",
        spread::shown(seen.until_settled())
    );
    println!(
        "| one change of another object, made in the middle: kubectl and all, to the tenant changed | {:.3} s |",
        beside.whole.as_secs_f64()
    );
    let writes: Vec<String> =
        seen.status_writes().iter().map(|(times, objects)| format!("{objects} objects {times} times")).collect();
    println!("| statuses written | {} |", writes.join(", "));
    println!("| writes to the tenant | {} |", site.office.simulator.journal(0).len());
    println!("| operator, peak resident | {} |", peak(&operator));

    println!("\n### One change among {objects} accounts, {CHANGES} times\n");
    println!("| | median · p99 · longest |\n|---|---|");
    let changes: Vec<Change> = (0..CHANGES.min(objects - 1)).map(|number| change_phone(&site, number, 1)).collect();
    let of = |what: fn(&Change) -> Duration| spread::shown(changes.iter().map(what).collect());
    println!("| from `kubectl apply` being started to the tenant changed | {} |", of(|change| change.whole));
    println!("| `kubectl apply` itself | {} |", of(|change| change.kubectl));

    println!("\n### Started anew with {objects} accounts declared\n");
    println!("| | |\n|---|---|");
    until_ready(&site, objects);
    operator.terminate();
    assert_eq!(operator.end().0, Some(0));
    let (from, started, asked) = (Timestamp::now(), Instant::now(), requests(&site));
    let operator = site.operator(&quiet);
    // The change feed is opened by the first full reading.
    until("the fleet is read", || {
        site.office.simulator.requests(asked).iter().any(|entry| entry.operation == "GET users")
    });
    let number = objects - 2;
    let first = change_phone(&site, number, 2);
    println!("| until it takes a change | {:.1} s |", started.elapsed().as_secs_f64());
    println!("| that change: from `kubectl apply` to the tenant changed | {:.3} s |", first.whole.as_secs_f64());
    until_ready(&site, objects);
    let seen = since(from);
    let others = seen.statuses.keys().filter(|name| **name != fleet::name(number)).count();
    println!("| statuses of other objects that were written | {others} |");
    println!("| operator, peak resident, relist included | {} |", peak(&operator));

    println!("\n### An idle minute\n");
    println!("| | |\n|---|---|");
    let (from, asked, cpu) = (Timestamp::now(), requests(&site), measure::cpu_of(&operator.id().to_string()));
    thread::sleep(Duration::from_mins(1)); // what is measured is that nothing happens
    let seen = since(from);
    println!("| requests to the API server, watches and leases apart | {} |", seen.requests.values().sum::<usize>());
    println!("| requests to the tenant | {} |", requests(&site) - asked);
    println!("| CPU of the operator | {:.2} s |", measure::cpu_of(&operator.id().to_string()) - cpu);
    operator.terminate();
    assert_eq!(operator.end().0, Some(0));
}

/// How long one change took.
struct Change {
    kubectl: Duration,
    whole: Duration,
}

/// Changes the phone of one account.
fn change_phone(site: &Site, number: usize, round: usize) -> Change {
    change(site, &fleet::contact(&site.namespace, number, round), &fleet::phone(number, round))
}

/// Applies one object with a value that no other has, and waits until the tenant has it.
fn change(site: &Site, manifest: &str, value: &str) -> Change {
    let simulator = &site.office.simulator;
    let written = simulator.journal(0).last().map_or(0, |entry| entry.sequence);
    let manifest = manifest.to_owned();
    let started = Instant::now();
    let kubectl = thread::spawn({
        let kubectl = site.kubectl.clone();
        move || {
            let answer = kubectl.call_with(&["apply", "--server-side", "-f", "-"], manifest.as_bytes());
            answer.ok();
            started.elapsed()
        }
    });
    let has_it = || {
        let journal = simulator.journal(written);
        journal.iter().flat_map(|entry| &entry.changes).any(|change| change.after.to_string().contains(value))
    };
    until("the tenant has the change", has_it);
    let whole = started.elapsed();
    Change { kubectl: kubectl.join().unwrap(), whole }
}

/// How many objects are `Ready` as they are declared now.
fn ready(site: &Site) -> usize {
    let columns = "-o=custom-columns=:.metadata.generation,:.status.observedGeneration,:.status.conditions[?(@.type=='Ready')].status";
    let answer = site.kubectl(&["get", "usercontacts", "--chunk-size=500", "--no-headers", columns]).ok();
    let ready = |line: &&str| {
        let cells: Vec<&str> = line.split_whitespace().collect();
        cells.len() == 3 && cells[0] == cells[1] && cells[2] == "True"
    };
    answer.lines().filter(ready).count()
}

fn requests(site: &Site) -> u64 {
    site.office.simulator.requests(0).last().map_or(0, |entry| entry.sequence)
}

fn peak(operator: &Running) -> String {
    #[allow(clippy::cast_precision_loss)]
    let mebibytes = measure::peak_memory(&operator.id().to_string()) as f64 / 1_048_576.0;
    format!("{mebibytes:.1} MiB")
}

fn until_ready(site: &Site, objects: usize) {
    let deadline = Instant::now() + PATIENCE;
    while ready(site) != objects {
        assert!(Instant::now() < deadline, "never all Ready");
        thread::sleep(Duration::from_secs(1)); // to look at a fleet is work for the machine that is measured
    }
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "never came true: {what}");
        thread::sleep(Duration::from_millis(2)); // between two looks: what is measured is exact to that
    }
}
