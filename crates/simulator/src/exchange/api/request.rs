//! A request to the admin API, free of HTTP, so that a batch item is the same as a request of its own.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::{cmdlets, error::ExchangeError};
use crate::graph::request::pairs;

/// What a path asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Target {
    /// `/adminapi/beta/{tenant}/InvokeCommand`.
    Invoke { tenant: String },
    /// `/adminapi/beta/{tenant}/$batch`.
    Batch { tenant: String },
    /// `/adminapi/v2.0/{tenant}/{name}`.
    Endpoint { tenant: String, name: String },
    #[default]
    Unknown,
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub(crate) struct ExchangeRequest {
    pub(crate) method: String,
    /// Scheme and host the client used; next links point there.
    pub(crate) origin: String,
    pub(crate) path: String,
    pub(crate) target: Target,
    pub(crate) query: Vec<(String, String)>,
    /// Header names are lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
}

/// What a body asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Input<'a> {
    pub(crate) name: &'a str,
    pub(crate) parameters: &'a Map<String, Value>,
}

static NOTHING: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);

/// Which properties are printed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Select(Vec<String>);

impl Select {
    /// The object with nothing but what is selected; no selection is everything.
    pub(crate) fn apply(&self, mut item: Map<String, Value>) -> Value {
        if !self.0.is_empty() {
            item.retain(|name, _| self.0.iter().any(|wanted| wanted.eq_ignore_ascii_case(name)));
        }
        Value::Object(item)
    }
}

impl ExchangeRequest {
    /// Whether a path belongs to the admin API.
    pub(crate) fn concerns(path: &str) -> bool {
        path.trim_start_matches('/').split('/').next().is_some_and(|first| first.eq_ignore_ascii_case("adminapi"))
    }

    /// Takes a request apart. A body that is not JSON is null, and refused where one is needed.
    pub(crate) fn parse(
        method: &str,
        origin: &str,
        path: &str,
        query: &str,
        headers: Vec<(String, String)>,
        body: &Bytes,
    ) -> Self {
        let decoded = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
        let segments: Vec<&str> = decoded.split('/').filter(|part| !part.is_empty()).collect();
        let target = match segments.as_slice() {
            [_, "beta", tenant, last] if last.eq_ignore_ascii_case("InvokeCommand") => {
                Target::Invoke { tenant: tenant.to_lowercase() }
            }
            [_, "beta", tenant, last] if last.eq_ignore_ascii_case("$batch") => {
                Target::Batch { tenant: tenant.to_lowercase() }
            }
            [_, "v2.0", tenant, name] => Target::Endpoint { tenant: tenant.to_lowercase(), name: (*name).to_owned() },
            _ => Target::Unknown,
        };
        Self {
            method: method.to_owned(),
            origin: origin.to_owned(),
            path: path.to_owned(),
            target,
            query: pairs(query),
            headers,
            body: serde_json::from_slice(body).unwrap_or_default(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A query option, with or without its `$`.
    pub(crate) fn option(&self, name: &str) -> Option<&str> {
        let same = |key: &str| key.trim_start_matches('$').eq_ignore_ascii_case(name);
        self.query.iter().find(|(key, _)| same(key)).map(|(_, value)| value.as_str())
    }

    pub(crate) fn select(&self) -> Select {
        let names = self.option("select").unwrap_or_default().split(',').map(str::trim);
        Select(names.filter(|name| !name.is_empty()).map(str::to_owned).collect())
    }

    pub(crate) fn host(&self) -> &str {
        self.origin.split_once("://").map_or("", |(_, host)| host)
    }

    /// The URL up to the tenant.
    pub(crate) fn base(&self) -> String {
        let path = self.path.rsplit_once('/').map_or(self.path.as_str(), |(base, _)| base);
        format!("{}{path}", self.origin)
    }

    /// The envelope `{"CmdletInput":{"CmdletName":…,"Parameters":{…}}}`. [EXA][CIPP]
    pub(crate) fn input(&self) -> Result<Input<'_>, ExchangeError> {
        let input = self.body.get("CmdletInput").and_then(Value::as_object);
        let name = input.and_then(|input| input.get("CmdletName")).and_then(Value::as_str);
        let (Some(input), Some(name)) = (input, name) else {
            return Err(ExchangeError::bad("The request body must have CmdletInput with a CmdletName."));
        };
        match input.get("Parameters") {
            None | Some(Value::Null) => Ok(Input { name, parameters: &NOTHING }),
            Some(Value::Object(parameters)) => Ok(Input { name, parameters }),
            Some(_) => Err(ExchangeError::bad("Parameters must be an object.")),
        }
    }

    /// The operation's name for statistics and faults: `POST Get-Mailbox`; a cmdlet nobody knows is `POST InvokeCommand`.
    pub(crate) fn operation(&self) -> String {
        let name = match &self.target {
            Target::Invoke { .. } | Target::Endpoint { .. } => {
                let known = self.input().ok().and_then(|input| cmdlets::find(input.name));
                known.map_or("InvokeCommand", |cmdlet| cmdlet.name)
            }
            Target::Batch { .. } => "adminapi/$batch",
            Target::Unknown => "adminapi",
        };
        format!("{} {name}", self.method)
    }

    /// The greatest page length that `Prefer: odata.maxpagesize` asks for.
    pub(crate) fn page_size(&self) -> Option<usize> {
        self.header("prefer").and_then(page_size)
    }
}

/// Page length out of a `Prefer` header.
fn page_size(header: &str) -> Option<usize> {
    let part = header.split([',', ';']).map(str::trim).find_map(|part| part.strip_prefix("odata.maxpagesize="));
    part.and_then(|number| number.trim().parse().ok()).filter(|size| *size > 0)
}
