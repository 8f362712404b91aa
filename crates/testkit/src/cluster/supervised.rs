//! A child process that ends with the test, however the test ends.

use std::{
    ffi::OsStr,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
};

/// Ends the program as soon as its own standard input is closed: a killed test closes it as well as one that ends, so that
/// no server outlives the process that started it. Ends itself as soon as the program does, so that a server that refuses
/// its arguments is noticed at once.
///
/// The input is kept as number 3, because a shell gives what it starts in the background an empty standard input.
const SUPERVISOR: &str = r#"
exec 3<&0
"$@" 3<&- & child=$!
{ read -r _ <&3; kill -9 "$child"; } 2>/dev/null & watcher=$!
wait "$child" 2>/dev/null
kill "$watcher" 2>/dev/null
"#;

/// A supervised process. Killed when dropped.
pub struct Supervised {
    shell: Child,
    until_closed: Option<ChildStdin>,
    log: PathBuf,
}

impl Supervised {
    /// Starts a program; what it says goes to `log`.
    pub fn start<A: AsRef<OsStr>>(program: &Path, args: impl IntoIterator<Item = A>, log: PathBuf) -> Self {
        let out = File::create(&log).unwrap();
        let mut shell = Command::new("sh")
            .args(["-c", SUPERVISOR, "supervisor"])
            .arg(program)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(out.try_clone().unwrap())
            .stderr(out)
            .spawn()
            .unwrap();
        let until_closed = shell.stdin.take();
        Self { shell, until_closed, log }
    }

    /// Whether it has ended by itself.
    pub fn ended(&mut self) -> bool {
        self.shell.try_wait().unwrap().is_some()
    }

    /// The last lines of what it said.
    pub fn said(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        drop(self.until_closed.take());
        let _ = self.shell.wait(); // nothing to do about a shell that is gone
    }
}
