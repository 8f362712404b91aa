//! Writes to billing that were accepted, and have not ended yet or lately.

use std::collections::VecDeque;

use tokio::time::Instant;

use super::place::Place;
use crate::store::{Origin, record::Record};

/// One accepted write.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(super) place: Place,
    /// Who may ask: the principal that wrote.
    pub(super) actor: String,
    pub(super) due: Instant,
    /// What is still to be committed.
    pub(super) write: Option<(Record, Origin)>,
}

/// The operations by id, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Operations(pub(super) VecDeque<(String, Operation)>);
