//! Several cmdlets in one request.
//!
//! That there is a `$batch`, that it takes ten, and that its items carry whole addresses is third parties' observation
//! (contract §6.1). So nothing rests on it: what a batch does not answer well is asked again alone.

use std::collections::{BTreeMap, HashMap};

use futures::{StreamExt, stream};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::value::RawValue;

use super::{
    Command, Exchange,
    client::{invoke_path, says_there_is_more},
};
use crate::{
    object::Object,
    send::{Call, Effect, Error, GraphError, attempts, parse_retry_after},
};

/// Most items of one batch.
const MAX_BATCH: usize = 10;

/// Requests under way together. Exchange publishes no limit; its PowerShell sessions were allowed three at a time per user,
/// and Microsoft's module runs few. With four, the details of a thousand recipients (a hundred batches) are 25 rounds.
pub(crate) const AT_ONCE: usize = 4;

#[derive(Serialize)]
struct WireBatch<'a, B> {
    requests: Vec<WireItem<'a, B>>,
}

#[derive(Serialize)]
struct WireItem<'a, B> {
    id: String,
    method: &'static str,
    url: String,
    headers: BTreeMap<&'static str, &'a str>,
    body: B,
}

#[derive(Deserialize)]
struct WireAnswers {
    responses: Vec<WireAnswer>,
}

#[derive(Deserialize)]
struct WireAnswer {
    id: String,
    #[serde(default)]
    status: Option<u16>,
    #[serde(default)]
    headers: Option<Object>,
    /// As it is written: what is made of it is weighed.
    #[serde(default)]
    body: Option<Box<RawValue>>,
}

/// What of a body says that it is an error.
#[derive(Deserialize)]
struct Failing {
    #[serde(default)]
    error: Option<IgnoredAny>,
}

/// What an item's answer is worth.
enum Judged {
    Objects(Vec<Object>),
    Refused(GraphError),
    /// Not here: alone.
    Alone,
}

impl Exchange {
    /// Calls cmdlets, in batches, and gives their outputs in their order.
    pub(crate) async fn run_all(&self, commands: &[Command]) -> Vec<Result<Vec<Object>, Error>> {
        let batches: Vec<_> = commands.chunks(MAX_BATCH).map(|chunk| self.batch(chunk)).collect();
        let outputs: Vec<Vec<_>> = stream::iter(batches).buffered(AT_ONCE).collect().await;
        outputs.into_iter().flatten().collect()
    }

    async fn batch(&self, commands: &[Command]) -> Vec<Result<Vec<Object>, Error>> {
        let mut judged = match commands {
            // Ten in one save nine; one in one saves nothing.
            [_] => HashMap::new(),
            _ => match self.together(commands).await {
                Ok(judged) => judged,
                Err(error) if is_about_the_batch(&error) => HashMap::new(),
                Err(error) => return commands.iter().map(|_| Err(error.clone())).collect(),
            },
        };
        let mut outputs = Vec::with_capacity(commands.len());
        for (index, command) in commands.iter().enumerate() {
            outputs.push(match judged.remove(&index) {
                Some(Judged::Objects(objects)) => Ok(objects),
                Some(Judged::Refused(error)) => Err(Error::Service(error)),
                Some(Judged::Alone) | None => {
                    let interface = self.interface(command.cmdlet).await;
                    match interface {
                        Ok(interface) => self.run(command, interface, |object| object).await,
                        Err(error) => Err(error),
                    }
                }
            });
        }
        outputs
    }

    async fn together(&self, commands: &[Command]) -> Result<HashMap<usize, Judged>, Error> {
        let base = self.sender.base();
        let anchor = format!("APP:SystemMailbox{{bb558c35-97f1-4cb9-8ff7-d53741dc928c}}@{}", self.tenant);
        let requests = commands
            .iter()
            .enumerate()
            .map(|(index, command)| WireItem {
                id: index.to_string(),
                method: "POST",
                url: format!("{base}{}", invoke_path(self.tenant, command)),
                headers: BTreeMap::from([
                    ("Content-Type", "application/json"),
                    ("Prefer", "odata.maxpagesize=1000"),
                    ("X-AnchorMailbox", anchor.as_str()),
                    ("X-CmdletName", command.cmdlet.name()),
                ]),
                body: command.body(),
            })
            .collect();
        let path = format!("beta/{}/$batch", self.tenant);
        let call = Call::with_effect("cmdlets", Method::POST, path, Effect::Read).json(&WireBatch { requests })?;
        let call = self.addressed(call)?.batch();
        self.gate.admit()?;
        let ended = self.sender.read::<WireAnswers>(call).await;
        self.gate.learn(&ended);
        let reply = ended?;
        let mut judged = HashMap::new();
        for answer in reply.value.responses {
            let index = answer.id.parse().ok().filter(|index| *index < commands.len());
            // An id that was not asked for, or is answered twice, spoils everything: whose the others are is not known either.
            let Some(index) = index.filter(|index| !judged.contains_key(index)) else { return Ok(HashMap::new()) };
            judged.insert(index, self.judge(answer, reply.client_request_id));
        }
        Ok(judged)
    }

    fn judge(&self, answer: WireAnswer, client_request_id: uuid::Uuid) -> Judged {
        let headers = answer.headers.unwrap_or_default();
        let headers: HeaderMap = headers.texts_by_name().filter_map(header).collect();
        let body = answer.body.as_ref().map_or("null", |body| body.get());
        let failed = serde_json::from_str::<Failing>(body).is_ok_and(|body| body.error.is_some());
        let status = match answer.status {
            Some(status) => status,
            None if failed => 400,
            None => 200,
        };
        let Ok(status) = StatusCode::from_u16(status) else { return Judged::Alone };
        let refusal = || {
            let status = if status.is_success() { StatusCode::BAD_REQUEST } else { status };
            GraphError::parse(status, &headers, body.as_bytes(), client_request_id, None)
        };
        let asked = parse_retry_after(&headers, self.sender.ports().clock.now());
        if attempts::throttles(status, asked) || (failed && refusal().is_over_budget()) {
            self.sender.tell_throttled();
        }
        let is_answer = status == StatusCode::OK || !status.is_success();
        if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() || !is_answer {
            return Judged::Alone;
        }
        if !status.is_success() || failed {
            return Judged::Refused(refusal());
        }
        // What is too large here may be read in pages alone.
        let Ok((page, kept)) = self.taking(&|object| object, &[]).page(body.as_bytes()) else { return Judged::Alone };
        let goes_on = page.next_link.is_some() || page.warnings.as_ref().is_some_and(says_there_is_more);
        if goes_on {
            return Judged::Alone;
        }
        self.keep(kept);
        Judged::Objects(page.value)
    }
}

fn header((name, value): (&str, &str)) -> Option<(HeaderName, HeaderValue)> {
    Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?))
}

/// Whether an error says something about the batch, and not about everything that would be asked.
fn is_about_the_batch(error: &Error) -> bool {
    match error {
        Error::Service(error) => matches!(error.status, 400 | 403..=428),
        Error::TooLarge { .. } | Error::Malformed { .. } => true,
        _ => false,
    }
}
