//! The simulator as a process.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

/// The seed's application.
pub(crate) const CLIENT: &str = "6f9f1c8e-2b7d-4a52-9a0e-1d3c5b7a2001";
pub(crate) const SECRET: &str = "minimal-secret";
pub(crate) const TENANT: &str = "9c2f6f2e-5a1c-4d55-8a36-0f6f2a7e1001";

pub(crate) struct Process {
    child: Child,
    pub(crate) base: String,
}

impl Process {
    pub(crate) fn start(accounts: usize) -> Self {
        Self::seeded(accounts, include_str!("../../../crates/simulator/src/seed/minimal.yaml"))
    }

    /// A simulator of this seed, with so many accounts more.
    pub(crate) fn seeded(accounts: usize, seed: &str) -> Self {
        let file = std::env::temp_dir().join(format!("fleet-{}-seed.yaml", std::process::id()));
        std::fs::write(&file, seed).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_tenant-contacts"))
            .args(["simulate", "--listen", "127.0.0.1:0", "--generate", &format!("users={accounts}"), "--seed"])
            .arg(&file)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        std::fs::remove_file(file).unwrap();
        assert!(line.starts_with("http://"), "the simulator did not start");
        Self { child, base: line.trim().to_owned() }
    }

    pub(crate) fn peak_memory(&self) -> u64 {
        super::measure::peak_memory(&self.child.id().to_string())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
