//! The whole answer: who receives each notice, and what the rules make of it.

use std::collections::BTreeSet;

use jiff::{Timestamp, tz::TimeZone};

use super::{Answer, Declared};
use crate::{
    landscape::{Landscape, Wanted},
    policy, routing,
};

/// An answer, and what would tell more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explained {
    /// The answer.
    pub answer: Answer,
    /// Details that were met and not read yet. While there are any, the answer is provisional.
    pub wanted: BTreeSet<Wanted>,
}

/// Answers from what was read and what is declared.
///
/// Findings are judged against `now`: attestations, reviews and allow-list entries end.
pub fn explain(landscape: &Landscape, declared: &Declared, now: Timestamp) -> Explained {
    let mut routed = routing::answer(landscape, declared);
    let today = now.to_zoned(TimeZone::UTC).date();
    let judged = policy::judge(landscape, declared, &routed.answer, today, now);
    routed.answer.findings = judged.findings;
    routed.wanted.extend(judged.wanted);
    Explained { answer: routed.answer, wanted: routed.wanted }
}
