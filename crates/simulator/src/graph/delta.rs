//! `GET /users/delta` and `/groups/delta`. `[DQ]`, contract §2 Delta.
//!
//! Invariant: no change is ever lost between two rounds, whichever replicas answer; what was told may be told again.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::{Rng, seq::SliceRandom};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    call::Call,
    error::GraphError,
    filter::{self, Comparison, Expr, Operand},
    list,
    permissions::{GROUPS_READ, USERS_DELTA},
    request::Answer,
};
use crate::{
    schema::{Entity, user},
    store::record::Record,
};

/// Directory tokens live seven days. [DQ]
const LIFETIME: i64 = 7 * 24 * 3600;
/// Items of a page: delta takes no `$top`; the service decides.
const PAGE: usize = 200;

/// Most objects a filter may name (general knowledge, UNV).
const TRACKED: usize = 50;
/// How many writes back a replay goes (simulator's choice).
const REPLAY: u64 = 3;

/// What a token remembers.
#[derive(Debug, Serialize, Deserialize)]
struct Token {
    generation: u64,
    /// Unix time of issue.
    issued: i64,
    /// The log position from which the next round begins. In a first round the least position of all replicas that
    /// answered so far, so that nothing between them is lost.
    from: u64,
    /// The selected properties: a token belongs to its `$select`.
    select: Option<String>,
    /// Last id of the page before; only in a round that is not finished.
    after: Option<String>,
    /// A first round lists everything, later ones what changed.
    first: bool,
    /// Where a round of changes ends: fixed with its first page.
    until: Option<u64>,
    /// The only objects told of, where a filter names them.
    #[serde(default)]
    ids: Option<BTreeSet<String>>,
}

impl Token {
    fn tells_of(&self, id: &str) -> bool {
        self.ids.as_ref().is_none_or(|ids| ids.contains(id))
    }
}

/// Handles a delta request.
pub(crate) fn run(call: &mut Call<'_>, entity: Entity) -> Result<Answer, GraphError> {
    call.require(if entity == Entity::User { USERS_DELTA } else { GROUPS_READ })?;
    list::known_options(call.request)?;
    for name in ["$expand", "$top", "$orderby", "$search", "$count"] {
        if call.request.option(name).is_some() {
            return Err(GraphError::unsupported(format!(
                "The query option '{name}' is not supported by delta queries."
            )));
        }
    }
    let now = call.state.clock.wall().as_second();
    let given = call.request.option("$skiptoken").or(call.request.option("$deltatoken"));
    let mut token = match given.filter(|text| !text.is_empty()) {
        Some("latest") => {
            // Start now, without the present state. [DQ]
            let token = fresh(call, entity, now)?;
            return Ok(finish(call, entity, Vec::new(), &Token { first: false, ..token }, false));
        }
        Some(text) => read(call, text, now)?,
        None => fresh(call, entity, now)?,
    };
    token.issued = now;
    // What is told from here on is this run's knowledge.
    token.generation = call.state.delta_generation;
    let columns = columns(&token, entity)?;
    Ok(if token.first { first(call, entity, token, &columns) } else { changes(call, entity, token, &columns) })
}

fn fresh(call: &Call<'_>, entity: Entity, now: i64) -> Result<Token, GraphError> {
    let ids = call.request.option("$filter").map(|text| tracked(text, entity)).transpose()?;
    Ok(Token {
        generation: call.state.delta_generation,
        issued: now,
        from: call.position.min(call.state.store.position()),
        select: call.request.option("$select").map(str::to_owned),
        after: None,
        first: true,
        until: None,
        ids,
    })
}

/// The objects that a `$filter` names: `id eq …`, several joined by `or`, is all that is served. [DQ]
fn tracked(text: &str, entity: Entity) -> Result<BTreeSet<String>, GraphError> {
    fn collect(expr: &Expr, id: u8, ids: &mut BTreeSet<String>) -> bool {
        match expr {
            Expr::Compare(Operand::Property(_, property, None), Comparison::Eq, Value::String(text))
                if *property == id =>
            {
                ids.insert(text.to_lowercase());
                true
            }
            Expr::Or(left, right) => collect(left, id, ids) && collect(right, id, ids),
            _ => false,
        }
    }
    let schema = entity.schema();
    let id = schema.any("id").unwrap_or_default();
    let mut ids = BTreeSet::new();
    if !collect(&filter::parse(text, schema)?, id, &mut ids) || ids.len() > TRACKED {
        return Err(GraphError::unsupported("Delta queries support $filter on id only, for up to 50 objects."));
    }
    Ok(ids)
}

fn read(call: &Call<'_>, text: &str, now: i64) -> Result<Token, GraphError> {
    let refuse = || GraphError::odata("Badly formed token.");
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| refuse())?;
    let token: Token = serde_json::from_slice(&bytes).map_err(|_| refuse())?;
    // A run that was taken up again knows the positions that were kept; beyond them, the lost run knew other writes.
    let known = call.state.delta_ended.get(&token.generation);
    let kept = known.is_some_and(|end| token.until.unwrap_or(token.from).max(token.from) <= *end)
        && token.from >= call.state.store.oldest();
    if token.generation != call.state.delta_generation && !kept {
        // Reset: 410 and a Location with an empty token, otherwise like the first request. [DQ]
        let mut gone = GraphError::new(410, "resyncRequired", "Resync required. The client must start over.");
        gone.headers.push(("location", anew(call, &token)));
        return Err(gone);
    }
    if now - token.issued > LIFETIME {
        // "40X with syncStateNotFound" [DQ]: which one is UNV.
        return Err(GraphError::new(
            400,
            "syncStateNotFound",
            "The sync state generation is not found; continuous sync needs full resync.",
        ));
    }
    Ok(token)
}

/// The first request of a token's rounds, with an empty token.
fn anew(call: &Call<'_>, token: &Token) -> String {
    let mut first = super::request::GraphRequest { query: Vec::new(), ..call.request.clone() };
    first.query.extend(token.select.clone().map(|select| ("$select".to_owned(), select)));
    if let Some(ids) = &token.ids {
        let named: Vec<String> = ids.iter().map(|id| format!("id eq '{id}'")).collect();
        first.query.push(("$filter".to_owned(), named.join(" or ")));
    }
    first.link(("$deltatoken", ""), &[])
}

fn columns(token: &Token, entity: Entity) -> Result<Vec<u8>, GraphError> {
    let request = super::request::GraphRequest {
        query: token.select.iter().map(|select| ("$select".to_owned(), select.clone())).collect(),
        ..super::request::GraphRequest::default()
    };
    Ok(list::columns(&request, &[entity])?.pop().unwrap_or_default())
}

/// A page of everything there is.
fn first(call: &mut Call<'_>, entity: Entity, mut token: Token, columns: &[u8]) -> Answer {
    token.from = token.from.min(call.position);
    let view = call.view();
    let mut rows = view
        .range(entity, token.after.as_deref())
        .filter(|(_, record)| !entity.is_deleted(record))
        .filter(|(id, _)| token.tells_of(id));
    let page: Vec<_> = rows.by_ref().take(PAGE).collect();
    let more = rows.next().is_some();
    let after = page.last().filter(|_| more).map(|(id, _)| id.to_string());
    let mut items: Vec<Value> = page.iter().map(|(id, record)| item(entity, id, record, columns, &[], false)).collect();
    drop(rows);
    (token.after, token.first) = (after, more);
    shuffle(call, &mut items);
    finish(call, entity, items, &token, more)
}

/// A page of what changed since the token.
fn changes(call: &mut Call<'_>, entity: Entity, mut token: Token, columns: &[u8]) -> Answer {
    let until = token.until.unwrap_or(call.position).max(token.from);
    // A replica that lags behind the token has nothing new to tell, and must not move the token back.
    if call.position < until {
        return finish(call, entity, Vec::new(), &token, token.until.is_some());
    }
    let mut changed: BTreeMap<String, (Vec<u8>, bool)> = BTreeMap::new();
    // Replays happen. [DQ]
    let back = if call.state.options.delta_repeats { call.state.rng.random_range(0..=REPLAY) } else { 0 };
    for (position, commit) in call.state.store.log_since(token.from.saturating_sub(back)) {
        if position > until {
            break;
        }
        if commit.entity == entity && token.tells_of(&commit.id) {
            let entry = changed.entry(commit.id.to_string()).or_default();
            entry.0.extend(&commit.changed);
            entry.1 |= commit.created;
        }
    }
    let view = call.view();
    let minimal = call.request.header("prefer").is_some_and(|prefer| prefer.contains("return=minimal"));
    let mut items = Vec::new();
    let mut last = None;
    let mut more = false;
    for (id, (properties, _)) in changed.range::<String, _>((
        token.after.clone().map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded),
        std::ops::Bound::Unbounded,
    )) {
        let told = match view.get(entity, id) {
            None => Some(json!({"id": id, "@removed": {"reason": "deleted"}})),
            Some(record) if entity.is_deleted(record) => Some(json!({"id": id, "@removed": {"reason": "changed"}})),
            Some(record) => {
                // Restored ones appear as new; else only selected properties trigger. [DQ]
                let anew = entity == Entity::User && properties.contains(&user::DELETED_DATE_TIME);
                let triggers = anew || properties.iter().any(|property| columns.contains(property));
                triggers.then(|| item(entity, id, record, columns, properties, minimal && !anew))
            }
        };
        if let Some(told) = told {
            if items.len() == PAGE {
                more = true;
                break;
            }
            items.push(told);
            last = Some(id.clone());
        }
    }
    if more {
        token.after = last;
        token.until = Some(until);
    } else {
        token.after = None;
        token.until = None;
        token.from = until;
    }
    shuffle(call, &mut items);
    finish(call, entity, items, &token, more)
}

/// The order is undefined, and an item may come twice. [DQ]
fn shuffle(call: &mut Call<'_>, items: &mut Vec<Value>) {
    if call.state.options.delta_repeats {
        let again: Vec<Value> = items.iter().filter(|_| call.state.rng.random_ratio(1, 4)).cloned().collect();
        items.extend(again);
    }
    items.shuffle(&mut call.state.rng);
}

/// An item: the id, the selected properties that have a value, and those that changed even if they have none now. What
/// is missing is unchanged. [DQ]; with `Prefer: return=minimal` only what changed [GD21].
fn item(entity: Entity, id: &str, record: &Record, columns: &[u8], changed: &[u8], minimal: bool) -> Value {
    let mut object = Map::new();
    for number in columns {
        let Some(row) = entity.schema().row(*number) else { continue };
        let has_changed = changed.contains(number);
        match record.get(*number) {
            Some(value) if has_changed || !minimal => object.insert(row.name.to_owned(), value.clone()),
            None if has_changed => {
                object.insert(row.name.to_owned(), entity.schema().value(record, *number).into_owned())
            }
            _ => None,
        };
    }
    object.insert("id".to_owned(), json!(id));
    Value::Object(object)
}

fn finish(call: &Call<'_>, entity: Entity, items: Vec<Value>, token: &Token, more: bool) -> Answer {
    let text = URL_SAFE_NO_PAD.encode(json!(token).to_string());
    let mut body = Map::new();
    body.insert("@odata.context".to_owned(), json!(call.context(entity.schema().set)));
    let (name, option) = if more { ("@odata.nextLink", "$skiptoken") } else { ("@odata.deltaLink", "$deltatoken") };
    // $select lives in the token from now on.
    let link = call.request.link((option, &text), &["$skiptoken", "$deltatoken", "$select", "$filter"]);
    body.insert(name.to_owned(), json!(link));
    body.insert("value".to_owned(), Value::Array(items));
    Answer::json(200, Value::Object(body))
}
