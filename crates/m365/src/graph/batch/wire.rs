//! The batch as it goes over the wire.
//!
//! Invariant: ids are the items' positions; an answer is matched by its id alone, and ids that do not fit spoil the whole
//! answer, because then no part of it can be trusted to be its own.

use std::collections::{BTreeMap, HashMap};

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::item::{BatchItem, Order};
use crate::{
    budget::Cost,
    send::{Call, Effect, Error},
};

#[derive(Serialize)]
struct WireBatch<'a> {
    requests: Vec<WireItem<'a>>,
}

#[derive(Serialize)]
struct WireItem<'a> {
    id: String,
    method: &'a str,
    url: &'a str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a RawValue>,
    #[serde(rename = "dependsOn", skip_serializing_if = "Option::is_none")]
    depends_on: Option<[String; 1]>,
}

#[derive(Deserialize)]
pub(super) struct WireAnswers {
    pub(super) responses: Vec<WireAnswer>,
}

#[derive(Deserialize)]
pub(super) struct WireAnswer {
    pub(super) id: String,
    pub(super) status: u16,
    #[serde(default)]
    pub(super) headers: Option<HashMap<String, serde_json::Value>>,
    #[serde(default)]
    pub(super) body: Option<Box<RawValue>>,
}

pub(super) fn batch_call(operation: &'static str, chosen: &[(usize, &BatchItem)], order: Order) -> Result<Call, Error> {
    let mut before: Option<usize> = None;
    let requests = chosen
        .iter()
        .map(|(index, item)| WireItem {
            id: index.to_string(),
            method: item.method.as_str(),
            url: &item.path,
            headers: item.headers.iter().copied().collect(),
            body: item.body.as_deref(),
            depends_on: before
                .replace(*index)
                .filter(|_| order == Order::Sequential)
                .map(|previous| [previous.to_string()]),
        })
        .collect();
    let has = |effect| chosen.iter().any(|(_, item)| item.effect == effect);
    let effect = if has(Effect::Once) {
        Effect::Once
    } else if has(Effect::Absolute) {
        Effect::Absolute
    } else {
        Effect::Read
    };
    let cost = chosen.iter().fold(Cost::default(), |sum, (_, item)| sum + item.cost());
    Ok(Call::with_effect(operation, Method::POST, "$batch", effect).json(&WireBatch { requests })?.cost(cost).batch())
}

/// Answers by item. Nothing if an id is answered twice or was not asked: then no answer can be trusted to be its own.
pub(super) fn by_id(responses: Vec<WireAnswer>, chosen: &[(usize, &BatchItem)]) -> Option<HashMap<usize, WireAnswer>> {
    let mut answers = HashMap::new();
    for answer in responses {
        let (index, _) = chosen.iter().find(|(index, _)| index.to_string() == answer.id)?;
        if answers.insert(*index, answer).is_some() {
            return None;
        }
    }
    Some(answers)
}

pub(super) fn headers(wire: HashMap<String, serde_json::Value>) -> HeaderMap {
    wire.into_iter()
        .filter_map(|(name, value)| {
            let text = match value {
                serde_json::Value::String(text) => text,
                serde_json::Value::Number(number) => number.to_string(),
                _ => return None,
            };
            Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(text).ok()?))
        })
        .collect()
}
