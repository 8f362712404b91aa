//! A cmdlet with its parameters, as it goes over the wire, and the proof that what is about to leave only reads.

use std::collections::BTreeMap;

use serde::{
    Deserialize, Serialize,
    de::{Error as _, IgnoredAny},
};
use serde_json::{Map, Value};

use super::Cmdlet;

/// A cmdlet that is about to be called.
#[derive(Clone)]
pub(crate) struct Command {
    pub(super) cmdlet: Cmdlet,
    parameters: Map<String, Value>,
    /// Properties that are wanted; all of them where empty. A mailbox has some 250.
    pub(super) select: &'static [&'static str],
}

/// The parameters name people.
impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Command").field("cmdlet", &self.cmdlet).finish_non_exhaustive()
    }
}

impl Command {
    /// A cmdlet without parameters.
    pub(crate) fn new(cmdlet: Cmdlet) -> Self {
        Self { cmdlet, parameters: Map::new(), select: &[] }
    }

    /// Which cmdlet.
    pub(crate) fn cmdlet(&self) -> Cmdlet {
        self.cmdlet
    }

    /// Adds a parameter; a switch is `true`.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.parameters.insert(name.to_owned(), value.into());
        self
    }

    /// Without a limit on results: the default is a thousand.
    pub(crate) fn unlimited(self) -> Self {
        self.with("ResultSize", "Unlimited")
    }

    /// Asks for these properties only.
    pub(crate) fn select(mut self, properties: &'static [&'static str]) -> Self {
        self.select = properties;
        self
    }

    /// The body of the request.
    pub(super) fn body(&self) -> impl Serialize {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Envelope {
            cmdlet_input: Input,
        }
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Input {
            cmdlet_name: &'static str,
            parameters: Map<String, Value>,
        }
        Envelope { cmdlet_input: Input { cmdlet_name: self.cmdlet.name(), parameters: self.parameters.clone() } }
    }
}

/// An envelope as some server may read it: members by these exact names and no others, each once.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    #[serde(rename = "CmdletInput")]
    input: Input,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    #[serde(rename = "CmdletName", deserialize_with = "reading")]
    name: Cmdlet,
    #[serde(rename = "Parameters", default)]
    _parameters: Option<IgnoredAny>,
}

fn reading<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Cmdlet, D::Error> {
    Cmdlet::named(&String::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("not a cmdlet that reads"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch {
    requests: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    #[serde(rename = "id")]
    _id: IgnoredAny,
    method: String,
    url: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Envelope,
}

/// Whether a POST to a path below `/adminapi/` only reads: its body names a cmdlet of the list, or is a batch of such, and
/// no header names another. Whatever does not have exactly the shape that this crate sends does not.
pub(crate) fn reads_only<'a>(
    path: &str,
    headers: impl Iterator<Item = (&'a str, Option<&'a str>)>,
    body: &[u8],
) -> bool {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let told = headers
        .filter(|(name, _)| name.eq_ignore_ascii_case("x-cmdletname"))
        .map(|(_, value)| value.and_then(Cmdlet::named))
        .collect::<Option<Vec<Cmdlet>>>();
    let Some(told) = told else { return false };
    let one = |wanted: fn(Cmdlet, &str) -> bool, endpoint: &str| {
        serde_json::from_slice::<Envelope>(body).is_ok_and(|envelope| {
            wanted(envelope.input.name, endpoint) && told.iter().all(|told| *told == envelope.input.name)
        })
    };
    match segments.as_slice() {
        ["beta", _, "InvokeCommand"] => one(|_, _| true, ""),
        ["v2.0", _, endpoint] => one(|cmdlet, endpoint| cmdlet.endpoint() == Some(endpoint), endpoint),
        ["beta", _, "$batch"] => {
            let Ok(batch) = serde_json::from_slice::<Batch>(body) else { return false };
            told.is_empty()
                && batch.requests.iter().all(|item| {
                    let path = item.url.split(['?', '#']).next().unwrap_or_default();
                    let named = item.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("x-cmdletname"));
                    item.method == "POST"
                        && path.ends_with("/InvokeCommand")
                        && !item.headers.keys().any(|name| name.to_ascii_lowercase().contains("method"))
                        && named.into_iter().all(|(_, value)| *value == item.body.input.name.name())
                })
        }
        _ => false,
    }
}
