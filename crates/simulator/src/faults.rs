//! The fault script: at which request what goes wrong, with a short text form.
//!
//! Invariant: `parse` and `Display` are inverse to each other; a fault fires once.
//!
//! Text form: faults separated by `;`, each `WHEN:WHAT`. WHEN is the number of the HTTP request from 1 (`7`), or an
//! operation and the number of its occurrence (`PATCH users#2`; without `#`, the first). Operations are named as in the
//! statistics, and `{id}` parts may be left out: `PATCH users` is `PATCH users/{id}`. WHAT is `429` (no Retry-After),
//! `429(2.5)`, a status from 500 to 599, `reset-before`, `reset-after`, `timeout-after-write`, `slow-body` or
//! `truncated-body`. Items of a batch are occurrences of their operation too, but only answers (`429`, `5xx`) can befall
//! one: faults of the connection wait for an occurrence outside a batch.

use std::{collections::BTreeMap, fmt, str::FromStr};

/// When a fault fires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// At the n-th HTTP request, from 1; the admin surface is not counted.
    Request(u64),
    /// At the n-th occurrence of an operation, from 1.
    Operation {
        /// As `PATCH users/{id}` or `PATCH users`.
        operation: String,
        /// From 1.
        occurrence: u64,
    },
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// 429, with the given `Retry-After` text (may be fractional `[TH21]`) or none.
    Throttle {
        /// Header value.
        retry_after: Option<String>,
    },
    /// A 5xx answer; nothing was written.
    Status(u16),
    /// The connection is reset and nothing was written.
    ResetBefore,
    /// The connection is reset after the request took effect.
    ResetAfter,
    /// The request takes effect, and no answer comes for five minutes; then a reset.
    TimeoutAfterWrite,
    /// The answer comes in small pieces, a second apart.
    SlowBody,
    /// The answer breaks off in the middle.
    TruncatedBody,
}

impl What {
    /// Whether it can befall an item of a batch.
    pub(crate) fn is_answer(&self) -> bool {
        matches!(self, Self::Throttle { .. } | Self::Status(_))
    }
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// When it fires.
    pub when: When,
    /// What happens then.
    pub what: What,
}

/// A list of faults.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaultScript {
    /// In no particular order; where two would fire at once, the first listed does.
    pub faults: Vec<Fault>,
}

/// Why a script's text is refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FaultError {
    /// No `:` in an entry.
    #[error("fault `{0}` has no `:` between when and what")]
    NoColon(String),
    /// Neither a number nor `METHOD path`.
    #[error("`{0}` is neither the number of a request nor an operation such as `PATCH users#2`")]
    When(String),
    /// Unknown effect.
    #[error(
        "`{0}` is no fault: 429, 429(seconds), 500 to 599, reset-before, reset-after, timeout-after-write, slow-body or truncated-body"
    )]
    What(String),
}

impl FromStr for FaultScript {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let entries = text.split(';').map(str::trim).filter(|entry| !entry.is_empty());
        let faults = entries.map(parse_fault).collect::<Result<_, _>>()?;
        Ok(Self { faults })
    }
}

fn parse_fault(entry: &str) -> Result<Fault, FaultError> {
    let (when, what) = entry.rsplit_once(':').ok_or_else(|| FaultError::NoColon(entry.to_owned()))?;
    Ok(Fault { when: parse_when(when.trim())?, what: parse_what(what.trim())? })
}

fn parse_when(text: &str) -> Result<When, FaultError> {
    let refuse = || FaultError::When(text.to_owned());
    if let Ok(number) = text.parse::<u64>() {
        return if number == 0 { Err(refuse()) } else { Ok(When::Request(number)) };
    }
    let (operation, occurrence) = match text.rsplit_once('#') {
        Some((operation, number)) => (operation, number.parse().map_err(|_| refuse())?),
        None => (text, 1),
    };
    let (method, path) = operation.split_once(' ').ok_or_else(refuse)?;
    if occurrence == 0 || path.trim().is_empty() || !method.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(refuse());
    }
    Ok(When::Operation { operation: format!("{method} {}", path.trim()), occurrence })
}

fn parse_what(text: &str) -> Result<What, FaultError> {
    let refuse = || FaultError::What(text.to_owned());
    Ok(match text {
        "429" => What::Throttle { retry_after: None },
        "reset-before" => What::ResetBefore,
        "reset-after" => What::ResetAfter,
        "timeout-after-write" => What::TimeoutAfterWrite,
        "slow-body" => What::SlowBody,
        "truncated-body" => What::TruncatedBody,
        other => {
            if let Some(seconds) = other.strip_prefix("429(").and_then(|rest| rest.strip_suffix(')')) {
                // Anything a header can carry: clients must cope with nonsense as well.
                let plain = seconds.bytes().all(|b| b.is_ascii_graphic() && !b";:()".contains(&b));
                return if plain && !seconds.is_empty() {
                    Ok(What::Throttle { retry_after: Some(seconds.to_owned()) })
                } else {
                    Err(refuse())
                };
            }
            match other.parse() {
                Ok(status @ 500..=599) => What::Status(status),
                _ => return Err(refuse()),
            }
        }
    })
}

impl fmt::Display for FaultScript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                f.write_str(";")?;
            }
            match &fault.when {
                When::Request(number) => write!(f, "{number}:")?,
                When::Operation { operation, occurrence } => write!(f, "{operation}#{occurrence}:")?,
            }
            match &fault.what {
                What::Throttle { retry_after: None } => f.write_str("429")?,
                What::Throttle { retry_after: Some(seconds) } => write!(f, "429({seconds})")?,
                What::Status(status) => write!(f, "{status}")?,
                What::ResetBefore => f.write_str("reset-before")?,
                What::ResetAfter => f.write_str("reset-after")?,
                What::TimeoutAfterWrite => f.write_str("timeout-after-write")?,
                What::SlowBody => f.write_str("slow-body")?,
                What::TruncatedBody => f.write_str("truncated-body")?,
            }
        }
        Ok(())
    }
}

/// Plays a script: counts requests and operations and says what befalls each.
#[derive(Debug, Default)]
pub(crate) struct FaultPlayer {
    pending: Vec<Fault>,
    requests: u64,
    occurrences: BTreeMap<String, u64>,
}

impl FaultPlayer {
    pub(crate) fn new(script: FaultScript) -> Self {
        Self { pending: script.faults, ..Self::default() }
    }

    /// Adds faults; their counts run from now on for operations seen before as well as for requests.
    pub(crate) fn restart(&mut self, script: FaultScript) {
        *self = Self::new(script);
    }

    /// An HTTP request came in.
    pub(crate) fn request(&mut self, operation: &str) -> Option<What> {
        self.requests += 1;
        self.next(operation, Some(self.requests))
    }

    /// An item of a batch is about to be handled.
    pub(crate) fn item(&mut self, operation: &str) -> Option<What> {
        self.next(operation, None)
    }

    fn next(&mut self, operation: &str, request: Option<u64>) -> Option<What> {
        let stripped = operation.replace("/{id}", "");
        let mut occurred = Vec::new();
        for name in [operation, stripped.as_str()] {
            if occurred.iter().all(|(seen, _)| *seen != name) {
                let count = self.occurrences.entry(name.to_owned()).or_default();
                *count += 1;
                occurred.push((name, *count));
            }
        }
        let hit = self.pending.iter().position(|fault| {
            (request.is_some() || fault.what.is_answer())
                && match &fault.when {
                    When::Request(number) => request == Some(*number),
                    // `>=`: a fault of the connection may have to wait until an occurrence outside a batch.
                    When::Operation { operation, occurrence } => {
                        occurred.iter().any(|(name, count)| name == operation && count >= occurrence)
                    }
                }
        })?;
        Some(self.pending.remove(hit).what)
    }
}

/// What happens to a connection instead of an answer.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConnectionFault {
    /// It is reset; whether the request took effect is for the client to find out.
    #[error("connection reset by the simulator")]
    Reset,
}
