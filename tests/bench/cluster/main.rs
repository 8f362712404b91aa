//! The cluster benchmark: many accounts declared at once on a real API server, and one change among them.
//!
//! `cargo bench --bench cluster -- 10000` starts a control plane, the operator as its own process under the chart's rights,
//! and a simulated tenant without limits; applies that many UserContacts with kubectl, each with one value to be written;
//! then changes single ones, starts the operator anew, and leaves it idle for a minute. It prints a Markdown report of
//! counts, percentiles and ratios, and judges nothing. `cargo bench --bench cluster -- 10000 mailboxes` is the same with a mailbox
//! for each account, which the operator may read.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)] // a benchmark is no library

mod audit;
mod fleet;
#[path = "../fleet/measure.rs"]
#[allow(dead_code)] // CPU and memory of this process are nobody's business here
mod measure;
mod phases;
mod spread;

/// Accounts if none are named: a look at it, not a result.
const FEW: usize = 500;

fn main() {
    let sizes: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let size = sizes.first().map_or(FEW, |text| text.parse().expect("a number of accounts"));
    phases::report(size, sizes.iter().any(|word| word == "mailboxes"));
}
