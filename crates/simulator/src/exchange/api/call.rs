//! A cmdlet being run: who asks, with which parameters, on which copy of Exchange.
//!
//! Invariant: reads go through [`Call::view`], writes are checked against [`Call::truth`].

use serde_json::{Map, Value};
use tokio::time::Instant;

use super::{cmdlets::Cmdlet, error::ExchangeError, page::Page, parameters::Parameters, request::ExchangeRequest};
use crate::{
    exchange::view::{Cursor, Exchange, Recipient},
    state::State,
    store::Origin,
};

/// One object of an answer.
pub(crate) type Item = Map<String, Value>;

/// See the module.
pub(crate) struct Call<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) request: &'a ExchangeRequest,
    pub(crate) cmdlet: &'static Cmdlet,
    pub(crate) parameters: Parameters,
    pub(crate) page: Page,
    /// Log position of the copy that answers.
    pub(crate) position: u64,
    pub(crate) actor: String,
    pub(crate) request_id: &'a str,
    /// What comes with the answer as `@adminapi.warnings`.
    pub(crate) warnings: Vec<String>,
}

/// What a cmdlet says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) items: Vec<Item>,
    /// Where the next page begins.
    pub(crate) next: Option<Cursor>,
    /// No body at all.
    pub(crate) silent: bool,
}

impl Outcome {
    /// A short answer.
    pub(crate) fn of(items: Vec<Item>) -> Self {
        Self { items, ..Self::default() }
    }
}

impl Call<'_> {
    pub(crate) fn view(&self) -> Exchange<'_> {
        self.state.exchange_view(self.position)
    }

    pub(crate) fn truth(&self) -> Exchange<'_> {
        self.state.exchange_truth()
    }

    /// The recipient that a parameter names, on this copy.
    pub(crate) fn named(&self, parameter: &str) -> Result<Recipient<'_>, ExchangeError> {
        let name = self.parameters.text(parameter).ok_or_else(|| ExchangeError::missing(parameter))?;
        self.view().resolve(&name).ok_or_else(|| ExchangeError::not_found(&name))
    }

    /// The mailbox that a parameter names, on this copy.
    pub(crate) fn mailbox(&self, parameter: &str) -> Result<Recipient<'_>, ExchangeError> {
        let found = self.named(parameter)?;
        if found.kind.is_mailbox() {
            return Ok(found);
        }
        Err(ExchangeError::not_found(&self.parameters.text(parameter).unwrap_or_default()))
    }

    /// One page of what `all` gives from the page's cursor on.
    pub(crate) fn paged(&self, all: impl Iterator<Item = (Cursor, Item)>) -> Outcome {
        let mut items = Vec::new();
        let mut last = self.page.cursor.clone();
        for (cursor, item) in all {
            if items.len() == self.page.size {
                return Outcome { items, next: Some(last), silent: false };
            }
            items.push(item);
            last = cursor;
        }
        Outcome::of(items)
    }

    /// One page of a list that is told whole every time: the cursor counts.
    pub(crate) fn counted(&self, all: impl Iterator<Item = Item>) -> Outcome {
        let skip = self.page.cursor.part;
        let from = all.enumerate().skip(skip).map(|(at, item)| (Cursor { part: at + 1, after: None }, item));
        self.paged(from)
    }

    /// The origin of a write of this cmdlet.
    pub(crate) fn origin(&self) -> Origin {
        Origin {
            at: Instant::now(),
            time: self.state.clock.text(),
            actor: self.actor.clone(),
            method: "POST".to_owned(),
            path: format!("{}/{}", self.request.path, self.cmdlet.name),
            request_id: self.request_id.to_owned(),
        }
    }
}
