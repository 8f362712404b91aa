//! What the operating system says of a process.

use std::fs;

/// Clock ticks per second of `/proc/*/stat`: 100 on every Linux architecture that Rust's tier 1 has.
const TICKS: f64 = 100.0;

/// Peak resident memory of a process in bytes.
pub(crate) fn peak_memory(process: &str) -> u64 {
    status_of(process, "VmHWM:")
}

/// What is resident of this process now, in bytes.
pub(crate) fn resident_memory() -> u64 {
    status_of("self", "VmRSS:")
}

fn status_of(process: &str, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

/// CPU time of this process so far, user and system, in seconds.
pub(crate) fn cpu() -> f64 {
    cpu_of("self")
}

/// The same of another process.
pub(crate) fn cpu_of(process: &str) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // The command's name may hold spaces; everything of interest comes after it.
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / TICKS
}
