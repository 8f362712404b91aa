//! Calling cmdlets.
//!
//! Invariant: a listing is whole or an error: every page was read, in one go, and no warning says that there is more.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use http::{
    HeaderName, HeaderValue, Method,
    header::{CONTENT_TYPE, InvalidHeaderValue},
};
use serde_json::Value;
use uuid::Uuid;

use super::{
    Cmdlet, Command,
    answer::{MOST_KEPT, NEXT_LINK, Taking},
    gate::Gate,
};
use crate::{
    auth::Grants,
    budget::Cost,
    graph::{PageError, Pages},
    object::Object,
    send::{Call, Effect, Error, Sender},
};

/// Largest answer that is held, in bytes. A page has a thousand objects; where the interface does not know `$select`, a
/// mailbox with all of its properties has some 15 KiB, and a list with long restrictions more. Three listings are under way
/// together, beside everything else that 512 MiB have to hold.
const MAX_ANSWER: usize = 24 * 1024 * 1024;

/// Most pages of a listing: a million objects.
const MOST_PAGES: usize = 1_000;

/// How often a listing is begun anew because a link to its next page has expired. Links live five to ten minutes (third
/// parties' observation, contract §6.1), and a page takes seconds: whoever needs a third time is asked too much.
const MOST_RESTARTS: usize = 2;

/// Which of the two interfaces is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interface {
    /// The `v2.0` endpoints.
    Documented,
    /// `InvokeCommand`.
    InvokeCommand,
}

/// One tenant's Exchange Online.
pub struct Exchange {
    pub(super) sender: Arc<Sender>,
    pub(super) tenant: Uuid,
    pub(super) gate: Gate,
    /// How much may still be kept of the present reading, in bytes.
    left: AtomicUsize,
}

impl Exchange {
    /// `sender` goes to the interface's base, `https://outlook.office365.com/adminapi/`.
    pub fn new(sender: Arc<Sender>, tenant: Uuid) -> Self {
        Self { sender, tenant, gate: Gate::default(), left: AtomicUsize::new(MOST_KEPT) }
    }

    /// Begins a reading: what was kept of the one before is somebody else's by now.
    pub(crate) fn begin(&self) {
        self.left.store(MOST_KEPT, Ordering::Relaxed);
    }

    /// How an answer is to be taken in now.
    pub(super) fn taking<'t, F>(&self, take: &'t F, wanted: &'static [&'static str]) -> Taking<'t, F> {
        Taking { take, wanted, left: self.left.load(Ordering::Relaxed), link: NEXT_LINK }
    }

    /// Takes note that so much is kept.
    pub(super) fn keep(&self, bytes: usize) {
        let spend = |left: usize| Some(left.saturating_sub(bytes));
        let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, spend); // always `Ok`: `spend` gives a number
    }

    /// How many of its calls have failed in a way that passes by itself.
    pub(crate) fn troubles(&self) -> u64 {
        self.sender.troubles()
    }

    /// What the present token says the application may do.
    pub async fn grants(&self) -> Result<Grants, Error> {
        Ok(self.sender.token().await?.grants().clone())
    }

    /// Which interface a cmdlet goes to: the documented one where it takes the cmdlet and the token says that it may be used.
    pub async fn interface(&self, cmdlet: Cmdlet) -> Result<Interface, Error> {
        let permissions = self.grants().await?.permissions;
        let may = permissions.is_some_and(|held| held.contains("Exchange.ManageAsAppV2"));
        Ok(if may && cmdlet.endpoint().is_some() { Interface::Documented } else { Interface::InvokeCommand })
    }

    /// Calls a cmdlet and reads its output to the end. `take` sees each object once per attempt: a listing whose link has
    /// expired begins anew.
    pub(crate) async fn run<T>(
        &self,
        command: &Command,
        interface: Interface,
        take: impl Fn(Object) -> T + Sync,
    ) -> Result<Vec<T>, Error> {
        self.gate.admit()?;
        let mut restarts = 0;
        loop {
            let ended = match self.once(command, interface, &take).await {
                Err((error, true)) if restarts < MOST_RESTARTS && has_expired(&error) => {
                    restarts += 1;
                    continue;
                }
                Err((error, _)) => Err(error),
                Ok((_, true)) => Err(Error::Paging(PageError::Cut)),
                Ok((objects, false)) => Ok(objects),
            };
            self.gate.learn(&ended);
            return ended;
        }
    }

    /// Calls a cmdlet that gives no more than it was asked for, and whether it says that there is more: a listing that is cut,
    /// as whoever asks for a part knows.
    pub(crate) async fn part(&self, command: &Command) -> Result<(Vec<Object>, bool), Error> {
        self.gate.admit()?;
        // What is learnt here stays here: the message trace is limited by itself.
        let given = self.once(command, Interface::InvokeCommand, |object| object).await;
        given.map_err(|(error, _)| error)
    }

    /// What is given, and whether there is more than that. The error says whether it came after the first page.
    async fn once<T>(
        &self,
        command: &Command,
        interface: Interface,
        take: impl Fn(Object) -> T + Sync,
    ) -> Result<(Vec<T>, bool), (Error, bool)> {
        let call = self.call(command, interface).map_err(|error| (error, false))?;
        let mut pages = Pages::<T>::decoded_by_reader(&self.sender, call, MOST_PAGES);
        let (mut objects, mut later) = (Vec::new(), false);
        let decode = |body: &[u8]| self.taking(&take, command.select).page(body);
        while let Some((page, kept)) = pages.next_by(decode).await.map_err(|error| (error, later))? {
            self.keep(kept);
            objects.extend(page.value);
            if page.warnings.as_ref().is_some_and(says_there_is_more) {
                return Ok((objects, true));
            }
            later = true;
        }
        Ok((objects, false))
    }

    fn call(&self, command: &Command, interface: Interface) -> Result<Call, Error> {
        let path = match (interface, command.cmdlet.endpoint()) {
            (Interface::Documented, Some(endpoint)) => format!("v2.0/{}/{endpoint}", self.tenant),
            _ => invoke_path(self.tenant, command),
        };
        let call = Call::with_effect(command.cmdlet.name(), Method::POST, path, Effect::Read).json(&command.body())?;
        let call = self.addressed(call)?.cost(cost(command.cmdlet)).prefer("odata.maxpagesize=1000");
        let name = HeaderValue::from_static(command.cmdlet.name());
        Ok(call.header(HeaderName::from_static("x-cmdletname"), name))
    }

    /// What every call has. The anchor tells the service whose servers to go to: with an application it is the tenant's own
    /// system mailbox (contract §6.1).
    pub(super) fn addressed(&self, call: Call) -> Result<Call, Error> {
        let anchor = anchor(self.tenant).map_err(|_| Error::InvalidPath)?;
        Ok(call
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"))
            .header(HeaderName::from_static("x-anchormailbox"), anchor)
            .header(HeaderName::from_static("x-responseformat"), HeaderValue::from_static("json"))
            .body_limit(MAX_ANSWER)
            .cost(Cost::default()))
    }
}

/// What a cmdlet costs. Graph's limits do not count it, and but for the message trace Exchange publishes none of its own: its
/// answers are waited for instead.
fn cost(cmdlet: Cmdlet) -> Cost {
    Cost { message_traces: u32::from(cmdlet == Cmdlet::MessageTrace), ..Cost::default() }
}

/// The path of a call below the base.
pub(super) fn invoke_path(tenant: Uuid, command: &Command) -> String {
    if command.select.is_empty() {
        format!("beta/{tenant}/InvokeCommand")
    } else {
        format!("beta/{tenant}/InvokeCommand?$select={}", command.select.join(","))
    }
}

fn anchor(tenant: Uuid) -> Result<HeaderValue, InvalidHeaderValue> {
    HeaderValue::try_from(format!("APP:SystemMailbox{{bb558c35-97f1-4cb9-8ff7-d53741dc928c}}@{tenant}"))
}

/// Whether an error on a later page means that its link is no longer good. Which one that is, is not known: any refusal that
/// is neither about rights nor about pace.
fn has_expired(error: &Error) -> bool {
    matches!(error, Error::Service(error) if matches!(error.status, 400 | 404..=428))
}

/// Whether a warning says that not everything was given ("There are more results available than are currently displayed. To
/// view them, increase the value for the ResultSize parameter"; other cmdlets say it otherwise, and name the parameter).
pub(super) fn says_there_is_more(warnings: &Value) -> bool {
    let hints = ["more results", "ResultSize"];
    match warnings {
        Value::String(text) => hints.iter().any(|hint| text.contains(hint)),
        Value::Array(warnings) => warnings.iter().any(says_there_is_more),
        // Nobody has seen such ones; nobody vouches that there are none.
        Value::Object(warnings) => warnings.values().any(says_there_is_more),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
