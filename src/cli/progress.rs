//! What is said while somebody waits: a line that replaces itself on a terminal, a plain line now and then elsewhere.

use std::{
    io::{self, IsTerminal as _, Write},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::future::BoxFuture;
use tenant_contacts_m365::transport::{Body, Transport, TransportError};
use tenant_contacts_report::columns;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::connect::Network;

/// What is done sooner than this needs no line: it would flash.
const QUIET: Duration = Duration::from_secs(1);

/// How often a terminal's line is written anew: often enough to be seen to move.
const REFRESH: Duration = Duration::from_millis(250);

/// How often a plain line is written: a log of half an hour's reading stays readable.
const PLAIN: Duration = Duration::from_secs(10);

/// Counts answers on their way in.
struct Counted {
    inner: Arc<dyn Transport>,
    answers: Arc<AtomicU64>,
}

impl Transport for Counted {
    fn send(&self, request: http::Request<Bytes>) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        Box::pin(async move {
            let answer = self.inner.send(request).await;
            self.answers.fetch_add(u64::from(answer.is_ok()), Ordering::Relaxed);
            answer
        })
    }
}

/// Says how far long work has come.
pub struct Progress {
    answers: Arc<AtomicU64>,
}

impl Progress {
    /// Watches what goes over a network from now on.
    pub fn over(network: &mut Network) -> Self {
        let answers = Arc::<AtomicU64>::default();
        network.transport = Arc::new(Counted { inner: Arc::clone(&network.transport), answers: Arc::clone(&answers) });
        Self { answers }
    }

    /// Does the work, and says on standard error that it goes on. `what`: as in "reading Tenant contacts/contoso".
    pub async fn of<T>(&self, what: &str, work: impl Future<Output = T>) -> T {
        let width = terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| usize::from(width.0));
        self.shown(what, work, io::stderr(), (io::stderr().is_terminal(), width)).await
    }

    async fn shown<T>(
        &self,
        what: &str,
        work: impl Future<Output = T>,
        mut out: impl Write,
        (terminal, width): (bool, Option<usize>),
    ) -> T {
        let started = Instant::now();
        let (first, every) = if terminal { (QUIET, REFRESH) } else { (PLAIN, PLAIN) };
        let mut tick = interval_at(started + first, every);
        // After a long computation one line, and not all that were missed.
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut work = std::pin::pin!(work);
        let mut shown = false;
        let done = loop {
            tokio::select! {
                biased;
                done = &mut work => break done,
                _ = tick.tick() => {}
            }
            let answers = self.answers.load(Ordering::Relaxed);
            let mut line = format!("{what}: {answers} answers, {} s", started.elapsed().as_secs());
            if let Some(width) = width.filter(|_| terminal) {
                // A longer one would leave a row behind each time.
                line = columns::beginning(&line, width.saturating_sub(1)).to_owned();
            }
            // There is nobody left to tell if this fails, and it is no reason not to go on.
            let _ = if terminal { write!(out, "\r\x1b[K{line}") } else { writeln!(out, "{line}") };
            let _ = out.flush();
            shown = true;
        };
        if shown && terminal {
            // What is said next begins on an empty line.
            let _ = write!(out, "\r\x1b[K");
            let _ = out.flush();
        }
        done
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test fails by panicking

    use super::*;

    async fn said(lasts: Duration, terminal: bool) -> String {
        said_of("reading Tenant n/t", lasts, terminal).await
    }

    async fn said_of(what: &str, lasts: Duration, terminal: bool) -> String {
        let progress = Progress { answers: Arc::default() };
        let mut out = Vec::new();
        let work = async {
            for _ in 0..lasts.as_secs() {
                tokio::time::sleep(Duration::from_secs(1)).await;
                progress.answers.fetch_add(10, Ordering::Relaxed);
            }
        };
        progress.shown(what, work, &mut out, (terminal, Some(40))).await;
        String::from_utf8(out).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn c5_a_terminal_has_one_line_that_is_gone_in_the_end() {
        let text = said(Duration::from_secs(3), true).await;
        assert!(text.contains("\r\x1b[Kreading Tenant n/t: 20 answers, 2 s"), "{text:?}");
        assert!(!text.contains('\n') && text.ends_with("\r\x1b[K"), "{text:?}");
        assert_eq!(said(Duration::from_secs(1), true).await, "", "what is quick needs no line");
        let long = said(Duration::from_secs(1_000), true).await;
        let longest = |text: &str| text.split("\r\u{1b}[K").map(columns::width).max();
        assert!(longest(&long).is_some_and(|longest| longest < 40), "it stays in one row of forty columns: {long:?}");
        // Characters of two columns each: thirty of them are sixty columns.
        let wide = said_of(&"山".repeat(30), Duration::from_secs(2), true).await;
        assert_eq!(longest(&wide), Some(38), "{wide:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn c5_elsewhere_a_plain_line_is_written_now_and_then() {
        let text = said(Duration::from_secs(25), false).await;
        let expected = "reading Tenant n/t: 90 answers, 10 s\nreading Tenant n/t: 190 answers, 20 s\n";
        assert_eq!(text.replace("100 answers", "90 answers").replace("200 answers", "190 answers"), expected);
        assert_eq!(said(Duration::from_secs(9), false).await, "");
    }
}
