//! A program that is called and ends, and what it answered.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::surroundings::without_proxies;

/// What a program answered.
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

    /// Standard error of a call that must fail.
    #[track_caller]
    pub fn refused(self) -> String {
        assert!(self.failed(), "{self:#?}");
        self.err
    }
}

/// Calls a program with something on its standard input.
pub fn call(command: &mut Command, input: &[u8]) -> Answer {
    let command = without_proxies(command).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A call that ends before it has read all says why on its standard error.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Answer { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}
