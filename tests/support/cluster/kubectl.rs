//! kubectl as a person uses it.

use std::{
    ffi::OsStr,
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
};

use serde_json::Value;

/// What kubectl answered.
#[derive(Clone, Debug)]
pub struct Answer {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Answer {
    /// Whether it ended with an error.
    pub fn failed(&self) -> bool {
        self.code != Some(0)
    }

    /// Standard output of a call that must succeed.
    #[track_caller]
    pub fn ok(self) -> String {
        assert!(!self.failed(), "{self:#?}");
        self.out
    }

    /// The same as JSON.
    #[track_caller]
    pub fn json(self) -> Value {
        let out = self.ok();
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}"))
    }
}

/// kubectl with somebody's access.
#[derive(Clone, Debug)]
pub struct Kubectl {
    program: PathBuf,
    kubeconfig: PathBuf,
    cache: PathBuf,
}

impl Kubectl {
    /// With the access of a kubeconfig file; nothing of the person's own configuration is read or written.
    pub fn new(program: PathBuf, kubeconfig: PathBuf, cache: PathBuf) -> Self {
        Self { program, kubeconfig, cache }
    }

    /// Calls kubectl.
    pub fn call<A: AsRef<OsStr>>(&self, args: &[A]) -> Answer {
        self.call_with(args, b"")
    }

    /// Calls kubectl with something on its standard input.
    pub fn call_with<A: AsRef<OsStr>>(&self, args: &[A], input: &[u8]) -> Answer {
        let mut command = Command::new(&self.program);
        command.args(args).env("KUBECONFIG", &self.kubeconfig).env("KUBECACHEDIR", &self.cache);
        for proxy in ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
            command.env_remove(proxy);
        }
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A call that ends before it has read all says why on its standard error.
        let _ = child.stdin.take().unwrap().write_all(input);
        let output = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Answer { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}
