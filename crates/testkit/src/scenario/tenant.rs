//! The simulated tenant of a scenario: what its seed says, what somebody else does in it, and what it really holds.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::BodyExt as _;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value, json};
use tenant_contacts_simulator::{Seed, Simulator};

/// The tenant that all scenarios share.
const CONTOSO: &str = include_str!("contoso.yaml");

/// The application that signs what somebody else asks of Graph.
const SOMEBODY_ELSE: &str = "somebody-else";

/// What tells entries of a list of a seed apart, in the order in which it is looked for.
const IDENTITIES: [&str; 5] = ["upn", "user", "name", "skuPartNumber", "id"];

/// Characters of an id.
const ID: usize = 36;

/// What an object of the tenant is called, in the order in which it is looked for.
const NAMES: [&str; 5] = ["userPrincipalName", "mail", "displayName", "name", "Name"];

/// Keys and values in the order in which they are written.
#[derive(Default, PartialEq)]
pub struct Ordered(pub Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Ordered {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Ordered;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("keys with values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ordered, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Ordered(entries))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

/// Keys and values of a block.
pub fn ordered(yaml: &str) -> Result<Ordered, String> {
    serde_saphyr::from_str(yaml).map_err(|error| format!("not YAML of keys with values: {error}"))
}

/// The seed: a whole one, where it says which tenant, else the shared one with what differs.
pub fn seed(yaml: Option<&str>) -> Result<Seed, String> {
    let shared: Value = serde_saphyr::from_str(CONTOSO).map_err(|error| error.to_string())?;
    let own: Value = match yaml {
        Some(yaml) => serde_saphyr::from_str(yaml).map_err(|error| format!("not YAML: {error}"))?,
        None => json!({}),
    };
    let whole = if own.get("tenant").is_some() { own } else { merged(shared, own) };
    Seed::from_yaml(&whole.to_string()).map_err(|error| {
        let mut text = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(error) = source {
            text = format!("{text}: {error}");
            source = error.source();
        }
        format!("no seed of a tenant: {text}")
    })
}

/// Maps are merged key by key, and lists of named things by their names; everything else is replaced.
fn merged(below: Value, above: Value) -> Value {
    match (below, above) {
        (Value::Object(mut below), Value::Object(above)) => {
            for (key, value) in above {
                let merged = match below.remove(&key) {
                    Some(before) => merged(before, value),
                    None => value,
                };
                below.insert(key, merged);
            }
            Value::Object(below)
        }
        (Value::Array(below), Value::Array(above))
            if !above.is_empty() && above.iter().all(|one| identity(one).is_some()) =>
        {
            let mut list = below;
            for one in above {
                match list.iter().position(|other| identity(other) == identity(&one)) {
                    Some(place) => list[place] = merged(list[place].take(), one),
                    None => list.push(one),
                }
            }
            Value::Array(list)
        }
        (_, above) => above,
    }
}

fn identity(value: &Value) -> Option<&Value> {
    IDENTITIES.iter().find_map(|key| value.get(key))
}

/// Ids of everything in the tenant, each with what it is called; what shares its name with something else has none.
fn called(simulator: &Simulator) -> BTreeMap<String, Option<String>> {
    let truth = simulator.truth();
    let sets = truth.as_object().into_iter().flatten().filter_map(|(_, set)| set.as_array());
    let mut called: BTreeMap<String, Option<String>> = BTreeMap::new();
    for object in sets.flatten() {
        if let Some(id) = object["id"].as_str().filter(|id| id.len() == ID) {
            let name = NAMES.iter().find_map(|name| object[*name].as_str());
            called.entry(id.to_owned()).or_insert_with(|| name.map(str::to_owned));
        }
    }
    let all: Vec<String> = called.values().flatten().cloned().collect();
    for name in called.values_mut() {
        name.take_if(|name| all.iter().filter(|other| *other == name).count() > 1);
    }
    called
}

/// Ids that are the same each time: those of what is in the tenant.
pub fn ids(simulator: &Simulator) -> BTreeSet<String> {
    called(simulator).into_keys().collect()
}

/// Ids with their names.
fn named(simulator: &Simulator) -> impl Iterator<Item = (String, String)> {
    called(simulator).into_iter().filter_map(|(id, name)| Some((id, name?)))
}

/// A text with `<name>` in place of ids.
pub fn by_name(simulator: &Simulator, text: &str) -> String {
    named(simulator).fold(text.to_owned(), |text, (id, name)| text.replace(&id, &format!("<{name}>")))
}

/// A text with ids in place of `<name>`.
fn by_id(simulator: &Simulator, text: &str) -> String {
    named(simulator).fold(text.to_owned(), |text, (id, name)| text.replace(&format!("<{name}>"), &id))
}

/// Does in the tenant what a block says, as somebody else.
pub async fn change(simulator: &Simulator, seed: &Seed, yaml: &str) -> Result<(), String> {
    for (what, value) in ordered(&by_id(simulator, yaml))?.0 {
        one(simulator, seed, &what, &value).await.map_err(|why| format!("`{what}`: {why}"))?;
    }
    Ok(())
}

async fn one(simulator: &Simulator, seed: &Seed, what: &str, value: &Value) -> Result<(), String> {
    if let Some((method, path)) = what.split_once(' ') {
        return graph(simulator, seed, method, path, value).await;
    }
    if let Some(name) = what.strip_prefix("applications/") {
        return application(simulator, seed, name, value);
    }
    let answer = match (what, value) {
        ("faults", Value::String(script)) => admin(simulator, Method::PUT, what, script.clone()).await,
        ("notices", value) => admin(simulator, Method::PUT, what, value.to_string()).await,
        (path, Value::Null) => match path.strip_prefix("users/") {
            Some(user) => return simulator.disturb_purge(user).map_err(|error| error.to_string()),
            None => admin(simulator, Method::DELETE, path, String::new()).await,
        },
        (path, Value::Object(_)) => admin(simulator, Method::PATCH, path, value.to_string()).await,
        _ => Err("properties are wanted, or nothing (`null`), which removes".into()),
    };
    answer.map(|_| ())
}

/// Other permissions of an application, from its next token on.
fn application(simulator: &Simulator, seed: &Seed, name: &str, value: &Value) -> Result<(), String> {
    let permissions: Option<Vec<&str>> =
        value["permissions"].as_array().and_then(|all| all.iter().map(Value::as_str).collect());
    let (Some(permissions), Some(1)) = (permissions, value.as_object().map(Map::len)) else {
        return Err("`permissions` is all that can be changed of an application, and all of them are named".into());
    };
    let client = seed.applications.iter().find(|application| application.name == name);
    let client = client.ok_or("there is no such application")?;
    simulator.set_permissions(&client.client_id, &permissions);
    Ok(())
}

/// A request to the simulator's own surface.
async fn admin(simulator: &Simulator, method: Method, path: &str, body: String) -> Result<Value, String> {
    send(simulator, method, &format!("/_sim/{}", path.replace(' ', "%20")), body, &[]).await
}

/// A request to Graph, signed by another application than the operator's.
async fn graph(simulator: &Simulator, seed: &Seed, method: &str, path: &str, body: &Value) -> Result<(), String> {
    let method: Method = method.parse().map_err(|_| format!("`{method}` is no method"))?;
    let application = seed.applications.iter().find(|application| application.name == SOMEBODY_ELSE);
    let application = application.ok_or_else(|| format!("the tenant has no application `{SOMEBODY_ELSE}`"))?;
    let secret = application.secrets.first().map(|secret| secret.value.replace(' ', "+")).unwrap_or_default();
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={secret}&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default",
        application.client_id
    );
    let form_type = [("content-type", "application/x-www-form-urlencoded".to_owned())];
    let path_of_token = format!("/{}/oauth2/v2.0/token", seed.tenant.id);
    let token = send(simulator, Method::POST, &path_of_token, form, &form_type).await?;
    let token = format!("Bearer {}", token["access_token"].as_str().unwrap_or_default());
    let headers = [("authorization", token), ("content-type", "application/json".to_owned())];
    let body = if body.is_null() { String::new() } else { body.to_string() };
    send(simulator, method, &format!("/v1.0/{path}"), body, &headers).await.map(|_| ())
}

async fn send(
    simulator: &Simulator,
    method: Method,
    path: &str,
    body: String,
    headers: &[(&str, String)],
) -> Result<Value, String> {
    let mut request = Request::builder().method(method).uri(format!("http://graph.microsoft.com{path}"));
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let request = request.body(Bytes::from(body)).map_err(|error| error.to_string())?;
    let answer = simulator.handle(request).await.map_err(|error| error.to_string())?;
    let status = answer.status();
    let bytes = answer.into_body().collect().await.map_err(|_| "the answer broke off")?.to_bytes();
    if !status.is_success() {
        return Err(format!("the tenant answers {status}: {}", String::from_utf8_lossy(&bytes)));
    }
    Ok(serde_json::from_slice(&bytes).unwrap_or_default())
}

/// What the tenant really holds of these properties, written as a block is to be.
pub fn holds(simulator: &Simulator, asked: &Ordered) -> Result<Vec<String>, String> {
    let truth = simulator.truth();
    let mut lines = Vec::new();
    for (path, properties) in &asked.0 {
        let Some(properties) = properties.as_object() else {
            return Err(format!("`{path}`: properties are wanted, as `mobilePhone:`"));
        };
        let (set, key) = path.split_once('/').unwrap_or((path, ""));
        let Some(objects) = truth[set].as_array() else {
            let sets: Vec<&str> = truth.as_object().into_iter().flat_map(Map::keys).map(String::as_str).collect();
            return Err(format!("`{set}` is nothing that a tenant has: it has {}", sets.join(", ")));
        };
        let is = |object: &&Value| {
            key.is_empty()
                || object["id"] == key
                || NAMES.iter().any(|name| object[*name].as_str().is_some_and(|name| name.eq_ignore_ascii_case(key)))
        };
        let mut found = objects.iter().filter(is);
        let (Some(object), None) = (found.next(), found.next()) else {
            return Err(format!("`{path}` is not exactly one object"));
        };
        lines.push(format!("{path}:"));
        lines.extend(properties.keys().map(|property| format!("  {property}: {}", flow(&object[property]))));
    }
    Ok(lines)
}

/// A value on one line, as YAML and JSON have it.
pub fn flow(value: &Value) -> String {
    match value {
        Value::Array(values) => format!("[{}]", values.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let entries: Vec<String> = map.iter().map(|(key, value)| format!("{key}: {}", flow(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_string(),
    }
}
