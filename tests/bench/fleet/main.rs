//! The fleet benchmark: simulator and engine as two processes, at growing numbers of accounts.
//!
//! `cargo bench --bench fleet -- 1000 10000 100000` prints a Markdown report: requests, connections, bytes, wall time
//! against a bare loop that downloads and parses the same pages, CPU, peak memory. It prints counts and ratios, and judges
//! nothing. `cargo bench --bench fleet -- limits 10000` prints how long so many writes take under the published limits,
//! `cargo bench --bench fleet -- latency 1000` how long where each request takes 0 or 50 ms,
//! `cargo bench --bench fleet -- survey 10000 100000` what reading a whole tenant takes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)] // a benchmark is no library

mod bare;
mod declared;
mod engine;
mod limits;
mod measure;
mod simulator;
mod survey;

use std::{path::PathBuf, process::Command};

use serde_json::Value;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        // This binary again, as a process of its own.
        ["role", "bare", base] => println!("{}", block_on(bare::run(base))),
        ["role", "engine", base, file] => println!("{}", block_on(engine::run(base, file))),
        ["role", "survey", base] => println!("{}", block_on(survey::run(base))),
        ["survey", ref sizes @ ..] => survey::report(&numbers(sizes)),
        ["limits", changes] => limits::report(changes.parse().expect("a number of changes")),
        ["latency", changes] => limits::report_latency(changes.parse().expect("a number of changes")),
        [] => report(&[1_000, 10_000]),
        ref sizes => report(&numbers(sizes)),
    }
}

fn numbers(texts: &[&str]) -> Vec<usize> {
    texts.iter().map(|text| text.parse().expect("numbers of accounts")).collect()
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn report(sizes: &[usize]) {
    let mut rows = Vec::new();
    for &size in sizes {
        // In turn, so that a machine that drifts drifts for both; the best of three each, since noise only adds. A fresh
        // simulator each time: the engine's last part changes it.
        let mut bare: Vec<Value> = Vec::new();
        let mut engine: Vec<Value> = Vec::new();
        let mut peak = 0;
        for _ in 0..3 {
            let simulator = simulator::Process::start(size);
            let file = declared::write(&simulator.base, size);
            bare.push(role(&["bare", &simulator.base]));
            engine.push(role(&["engine", &simulator.base, file.to_str().unwrap()]));
            peak = peak.max(simulator.peak_memory());
            std::fs::remove_file(file).unwrap();
        }
        rows.push((size, best(bare, "wall"), best(engine, "observe_wall"), peak));
    }
    print(&rows);
}

fn best(mut runs: Vec<Value>, key: &str) -> Value {
    runs.sort_by(|a, b| a[key].as_f64().unwrap().total_cmp(&b[key].as_f64().unwrap()));
    runs.swap_remove(0)
}

fn role(arguments: &[&str]) -> Value {
    let program: PathBuf = std::env::current_exe().unwrap();
    let output = Command::new(program).arg("role").args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Accounts, what the bare loop and the engine measured, the simulator's peak memory.
type Row = (usize, Value, Value, u64);

/// A line of a table: its title, and its cell of a row.
type Line<'a> = (&'a str, &'a dyn Fn(&Row) -> String);

fn print(rows: &[Row]) {
    let table = |title: &str, lines: &[Line<'_>]| {
        println!("\n### {title}\n");
        println!(
            "| accounts, all declared | {} |",
            rows.iter().map(|row| row.0.to_string()).collect::<Vec<_>>().join(" | ")
        );
        println!("|---|{}", "---|".repeat(rows.len()));
        for (name, value) in lines {
            println!("| {name} | {} |", rows.iter().map(value).collect::<Vec<_>>().join(" | "));
        }
    };
    let count = |side: usize, key: &'static str| move |row: &Row| [&row.1, &row.2][side][key].to_string();
    let seconds = |key: &'static str| move |row: &Row| format!("{:.3} s", row.2[key].as_f64().unwrap());
    let mebibytes = |bytes: f64| format!("{:.1} MiB", bytes / 1_048_576.0);
    let budget = |row: &Row| (row.0.div_ceil(999).min(row.0.div_ceil(20)) + 10).to_string();
    let ratio = |row: &Row| format!("{:.2}", row.2["observe_wall"].as_f64().unwrap() / row.1["wall"].as_f64().unwrap());
    table(
        "First pass: observe everything and plan",
        &[
            ("requests to Graph", &count(1, "observe_requests")),
            ("budget: min(⌈N/999⌉, ⌈k/20⌉) + 10", &budget),
            ("connections", &count(1, "connections")),
            ("bytes received", &|row| mebibytes(row.2["observe_bytes"].as_f64().unwrap())),
            ("wall of observing", &seconds("observe_wall")),
            ("wall of the bare loop", &|row| format!("{:.3} s", row.1["wall"].as_f64().unwrap())),
            ("ratio (budget 1.3)", &ratio),
            ("wall of the whole pass: observe, plan, make every status", &seconds("pass_wall")),
            ("CPU of the first pass", &seconds("observe_cpu")),
            ("CPU of the bare loop", &|row| format!("{:.3} s", row.1["cpu"].as_f64().unwrap())),
        ],
    );
    table(
        "Idle pass, and one change",
        &[
            ("requests of an idle pass (budget 5)", &count(1, "idle_requests")),
            ("records kept by an idle pass (budget 0)", &count(1, "idle_records")),
            ("CPU of an idle pass", &seconds("idle_cpu")),
            ("planning alone (budget 0.25 s at 100,000)", &seconds("plan_wall")),
            ("CPU of a pass that heals one change", &seconds("change_cpu")),
            ("requests of a pass that heals one change", &count(1, "change_requests")),
        ],
    );
    table(
        "One field of M accounts, changed and verified",
        &[
            ("M", &count(1, "bulk")),
            ("write requests (budget ⌈M/20⌉)", &count(1, "bulk_writes")),
            ("verifying reads (budget 2 × ⌈M/20⌉)", &count(1, "bulk_reads")),
            ("reads that confirm before a write, where what is known is older than 5 s", &count(1, "bulk_confirms")),
            ("all other requests: change feed, organization, roles", &count(1, "bulk_others")),
            ("passes", &count(1, "bulk_passes")),
        ],
    );
    table(
        "Memory",
        &[
            ("engine, peak resident (budget 64 MiB at 10,000, 250 MiB at 100,000)", &|row| {
                mebibytes(row.2["peak"].as_f64().unwrap())
            }),
            ("bare loop, peak resident", &|row| mebibytes(row.1["peak"].as_f64().unwrap())),
            #[allow(clippy::cast_precision_loss)]
            ("simulator, peak resident", &|row| mebibytes(row.3 as f64)),
        ],
    );
}
