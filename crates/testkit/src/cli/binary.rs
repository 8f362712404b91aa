//! The real binary: as a call that ends, and as a process that goes on until it is told to end.
//!
//! Invariant: no process outlives the value that stands for it.

use std::{
    ffi::OsStr,
    io::{BufRead as _, BufReader, Read},
    process::{Child, Command, Stdio},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{places, surroundings::without_proxies};

/// How long a condition may take on a busy machine: several passes of the shortest interval (10 s), verification included.
pub const PATIENCE: Duration = Duration::from_mins(2);

/// The variables that name a tenant and a way to sign in to it.
const AZURE: [&str; 6] = [
    "AZURE_TENANT_ID",
    "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET",
    "AZURE_CLIENT_CERTIFICATE_PATH",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_AUTHORITY_HOST",
];

/// What a call answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Answer {
    /// Standard output as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }
}

fn command<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(places::program());
    // The surroundings of the test must not reach into it.
    without_proxies(command.args(args).env_remove("TENANT_CONTACTS_LOG").stdin(Stdio::null()));
    for name in AZURE {
        command.env_remove(name);
    }
    command
}

/// Calls the binary and waits for it.
pub fn call<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Answer {
    call_with(args, std::iter::empty::<(&str, &str)>())
}

/// Calls the binary with more in its environment, and waits for it.
pub fn call_with<A: AsRef<OsStr>, K: AsRef<OsStr>, V: AsRef<OsStr>>(
    args: impl IntoIterator<Item = A>,
    environment: impl IntoIterator<Item = (K, V)>,
) -> Answer {
    let output = command(args).envs(environment).output().unwrap();
    Answer {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Has a shell call the binary with arguments as a person types them, and waits for it.
pub fn typed(arguments: &str) -> Answer {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("\"$0\" {arguments}")]).arg(places::program());
    let output = without_proxies(&mut shell).output().unwrap();
    Answer {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Waits until something outside holds. What it is is said when it does not.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "never came true: {what}");
        thread::sleep(Duration::from_millis(20)); // between two looks; nothing depends on its length
    }
}

/// Lines of both outputs, in the order in which they came.
type Lines = Arc<(Mutex<Vec<String>>, Condvar)>;

/// A running process. Killed when dropped.
pub struct Running {
    child: Child,
    lines: Lines,
    readers: Vec<thread::JoinHandle<()>>,
}

impl Running {
    pub fn start<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Self {
        Self::start_with(args, std::iter::empty::<(&str, &str)>())
    }

    /// Starts with more in its environment.
    pub fn start_with<A: AsRef<OsStr>, K: AsRef<OsStr>, V: AsRef<OsStr>>(
        args: impl IntoIterator<Item = A>,
        environment: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let mut child = command(args).envs(environment).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = Lines::default();
        let out = read_lines(child.stdout.take().unwrap(), &lines);
        let err = read_lines(child.stderr.take().unwrap(), &lines);
        Self { child, lines, readers: vec![out, err] }
    }

    /// What it has said so far.
    pub fn said(&self) -> Vec<String> {
        self.lines.0.lock().unwrap().clone()
    }

    /// How many lines it has said so far: a place to wait from.
    pub fn mark(&self) -> usize {
        self.lines.0.lock().unwrap().len()
    }

    /// Waits for a line behind `mark` that contains all the words.
    pub fn says_after(&self, mark: usize, words: &[&str]) -> String {
        let deadline = Instant::now() + PATIENCE;
        let (lock, changed) = &*self.lines;
        let mut lines = lock.lock().unwrap();
        loop {
            let found = lines.iter().skip(mark).find(|line| words.iter().all(|word| line.contains(word)));
            if let Some(line) = found {
                return line.clone();
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let said = lines.clone();
                drop(lines); // so that it can be read while this test fails
                panic!("never said {words:?}: {said:#?}");
            }
            lines = changed.wait_timeout(lines, left).unwrap().0;
        }
    }

    /// Waits for a line that contains all the words.
    pub fn says(&self, words: &[&str]) -> String {
        self.says_after(0, words)
    }

    /// Whether it has ended by itself.
    pub fn ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) {
        self.signal("TERM");
    }

    /// Sends a signal.
    pub fn signal(&self, name: &str) {
        let done = Command::new("sh").args(["-c", &format!("kill -{name} {}", self.child.id())]).status().unwrap();
        assert!(done.success());
    }

    /// Waits for the end. Gives the exit code (`None`: ended by a signal) and everything it said.
    pub fn end(mut self) -> (Option<i32>, Vec<String>) {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < deadline, "does not end: {:#?}", self.said());
            thread::sleep(Duration::from_millis(20)); // between two looks
        };
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        (status.code(), self.said())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill(); // ended already
        let _ = self.child.wait();
        if thread::panicking() {
            println!("what the process said:\n{}", self.said().join("\n"));
        }
    }
}

fn read_lines(from: impl Read + Send + 'static, lines: &Lines) -> thread::JoinHandle<()> {
    let lines = Arc::clone(lines);
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            lines.0.lock().unwrap().push(line);
            lines.1.notify_all();
        }
    })
}
