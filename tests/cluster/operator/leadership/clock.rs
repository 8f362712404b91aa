//! A wall clock that is wrong: a small library that is loaded before the C library, built once with the C compiler that
//! Rust itself links with. Time that only passes is left as it is, as on a machine whose date is wrong.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use jiff::{SignedDuration, Timestamp};

const SOURCE: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *)) dlsym(RTLD_NEXT, "clock_gettime");
    int failed = real(clock, now);
    const char *shift = getenv("CLOCK_SHIFT_SECONDS");
    if (!failed && clock == CLOCK_REALTIME && shift) now->tv_sec += atol(shift);
    return failed;
}
"#;

/// A clock that is this many seconds ahead.
pub struct Shifted {
    library: PathBuf,
    seconds: String,
}

/// See the module.
pub fn shifted_by(seconds: i64) -> Shifted {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    Shifted { library: LIBRARY.get_or_init(build).clone(), seconds: seconds.to_string() }
}

impl Shifted {
    /// What a process needs in its environment.
    pub fn environment(&self) -> [(&str, &str); 2] {
        [("LD_PRELOAD", self.library.to_str().unwrap()), ("CLOCK_SHIFT_SECONDS", &self.seconds)]
    }
}

fn build() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("clock");
    fs::create_dir_all(&folder).unwrap();
    let (source, library) = (folder.join("clock.c"), folder.join("clock.so"));
    fs::write(&source, SOURCE).unwrap();
    let arguments = ["-shared", "-fPIC", "-O1", "-o"];
    let built = Command::new("cc").args(arguments).arg(&library).arg(&source).arg("-ldl").output();
    let built = built.expect("the C compiler, which Rust links with, is called cc");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    library
}

/// How far the clocks of two processes were apart when they said their first lines, one soon after the other.
pub fn apart(first: &[String], second: &[String]) -> SignedDuration {
    let first_time = |said: &[String]| -> Timestamp {
        said.iter().find_map(|line| line.split_whitespace().next()?.parse().ok()).expect("a line with its time")
    };
    first_time(first).duration_since(first_time(second))
}
