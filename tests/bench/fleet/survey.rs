//! Reading a whole tenant as a process: what that takes, and what of it stays.

use std::{fs, sync::Arc};

use serde_json::{Value, json};
use tenant_contacts::{
    connect::{Network, SharedConnection},
    survey::NotAsked,
    world::ProcessClock,
};
use tenant_contacts_core::model::Shared;
use tenant_contacts_engine::{
    port::{Clock as _, NoFence},
    survey,
};
use tenant_contacts_m365::{
    cloud::Endpoints,
    net::{NetOptions, NetTransport},
    observe::Unobserved,
    send::RetryPolicy,
};

use super::{declared, measure, simulator};

/// What the surveys of a tenant take, mailboxes readable or not.
pub(crate) fn report(sizes: &[usize]) {
    println!("\n### Reading a whole tenant\n");
    println!(
        "| accounts | mailboxes read | requests | received | wall | CPU | resident before | peak while reading | kept | peak while judging a plan |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for &size in sizes {
        for exchange in [false, true] {
            let simulator = simulator::Process::seeded(size, &seed(exchange));
            let run = super::role(&["survey", &simulator.base]);
            let mebibytes = |key: &str| format!("{:.1} MiB", run[key].as_f64().unwrap() / 1_048_576.0);
            println!(
                "| {size} | {} | {} | {} | {:.2} s | {:.2} s | {} | {} | {} | {} |",
                run["mailboxes"],
                run["requests"],
                mebibytes("bytes"),
                run["wall"].as_f64().unwrap(),
                run["cpu"].as_f64().unwrap(),
                mebibytes("before"),
                mebibytes("peak"),
                mebibytes("kept"),
                mebibytes("judging"),
            );
        }
    }
}

/// The minimal seed, whose application may read mailboxes or not.
fn seed(exchange: bool) -> String {
    let seed = include_str!("../../../crates/simulator/src/seed/minimal.yaml");
    let role = "directoryRoles: [Privileged Authentication Administrator";
    assert!(seed.contains(role));
    if !exchange {
        return seed.to_owned();
    }
    seed.replace(role, &format!("{role}, Global Reader"))
        .replace("permissions:\n", "permissions:\n      - Exchange.ManageAsApp\n")
}

pub(crate) async fn run(base: &str) -> Value {
    let net = Arc::new(NetTransport::new(&NetOptions::default()).unwrap());
    let clock = ProcessClock::start();
    let url = url::Url::parse(base).unwrap();
    let network = Network {
        transport: Arc::<NetTransport>::clone(&net),
        endpoints: Some(Endpoints::overridden(url.clone(), url.clone(), url).unwrap()),
        clock,
        policy: RetryPolicy::default(),
        limited: false,
        mail_exchangers: Arc::new(NotAsked),
        observer: Arc::new(Unobserved),
        federation: None,
    };
    let set = declared::tenant_set(Vec::new());
    let of = tenant_contacts::survey::declared(&set);
    let connection = SharedConnection::new(network, Arc::new(NoFence));
    let before = measure::resident_memory();
    let (started, cpu) = (std::time::Instant::now(), measure::cpu());
    let port = connection.survey(&set).unwrap();
    let survey::Looked { landscape, answer } = survey::look(&*port, &of, clock.now()).await.unwrap();
    let (wall, cpu) = (started.elapsed(), measure::cpu() - cpu);
    let peak = measure::peak_memory("self");
    drop(port);
    drop(answer);
    let kept = measure::resident_memory();
    // From now on the peak is another one.
    fs::write("/proc/self/clear_refs", "5").unwrap();
    for after in [false, true] {
        let landscape = tenant_contacts_core::consequences::with_steps(&landscape, std::iter::empty(), after);
        drop(tenant_contacts_core::answer::explain(&landscape, &of, clock.now()));
    }
    json!({
        "mailboxes": landscape.exchange.recipients.present().map_or(0, Shared::len),
        "people": landscape.directory.people.present().map_or(0, Shared::len),
        "requests": net.counts().requests,
        "bytes": net.counts().bytes_in,
        "wall": wall.as_secs_f64(),
        "cpu": cpu,
        "before": before,
        "peak": peak,
        "kept": kept,
        "judging": measure::peak_memory("self"),
    })
}
