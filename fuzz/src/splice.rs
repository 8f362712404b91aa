//! Documents that are almost right: what a service answers, or a person writes, with some of it changed.

use serde_json::{Value, json};

use crate::recipe::Recipe;

/// Texts that mean something somewhere.
const WORDS: &[&str] = &[
    "",
    " ",
    "true",
    "False",
    "null",
    "Unlimited",
    "10 GB (10,737,418,240 bytes)",
    "0 B (0 bytes)",
    "99999999999 PB (18,446,744,073,709,551,616 bytes)",
    "2026-11-21T10:00:00Z",
    "2026-11-21T10:00:00",
    "-009999-01-02T01:59:59Z",
    "9999-12-31T23:59:59.9999999Z",
    "11/21/2026 10:00:00 AM",
    "00000000-0000-0000-0000-000000000000",
    "9c2f6f2e-5a1c-4d55-8a36-0f6f2a7e1001",
    "62e90394-69f5-4237-9190-012177145e10",
    "admin@contoso.com",
    "SMTP:admin@contoso.com",
    "smtp:other@elsewhere.example",
    "sip:admin@contoso.com",
    "@contoso.com",
    "contoso.com",
    "*",
    "*@contoso.com",
    "\"a b\"@contoso.com",
    "ann@xn--nxasmq6b.example",
    "ÅNGSTRÖM@İstanbul.example",
    "CN=Admin\\, Ada,OU=contoso.onmicrosoft.com,DC=EURPR01A001,DC=prod,DC=outlook,DC=com",
    "contoso.onmicrosoft.com/Users/Admin",
    "/o=ExchangeLabs/ou=Exchange Administrative Group/cn=Recipients/cn=admin",
    "S-1-5-21-1-2-3-4",
    "NT AUTHORITY\\SELF",
    "\"Admin\" [EX:/o=ExchangeLabs/cn=admin]",
    "\"somebody\" [SMTP:x@outside.example]",
    "((RecipientType -eq 'UserMailbox') -and (Department -eq 'Sales'))",
    "https://graph.microsoft.com/v1.0/users?$skiptoken=2",
    "https://outlook.office365.com/adminapi/beta/9c2f6f2e-5a1c-4d55-8a36-0f6f2a7e1001/InvokeCommand?%24skiptoken=2",
    "https://management.azure.com/providers/Microsoft.Billing/billingAccounts?$skiptoken=2",
    "https://elsewhere.example/v1.0/users",
    "https://graph.microsoft.com@elsewhere.example/v1.0/users",
    "https://graph.microsoft.com:444/v1.0/users",
    "https://graph.microsoft.com./v1.0/users",
    "http://graph.microsoft.com/v1.0/users",
    "//elsewhere.example/",
    "?$skiptoken=2",
    "/subscriptions/../../..",
    "more results",
    "\u{0}",
    "\u{202e}evil\u{feff}",
    "🏳️‍🌈",
    "-1",
    "18446744073709551616",
    "1e309",
    "+1 4255550100",
    "MicrosoftCustomerAgreement",
    "Get-Mailbox",
];

/// Members that mean something somewhere.
const NAMES: &[&str] = &[
    "value",
    "@odata.nextLink",
    "@odata.deltaLink",
    "nextLink",
    "@odata.type",
    "@odata.count",
    "@adminapi.warnings",
    "@removed",
    "error",
    "code",
    "message",
    "innererror",
    "id",
    "name",
    "properties",
    "responses",
    "status",
    "headers",
    "body",
    "deletedDateTime",
    "hasMailFlow",
    "",
];

/// How many nodes a document has.
fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => members.values().map(size).sum(),
        _ => 0,
    }
}

/// What a document comes to in memory, in bytes, roughly.
fn weight(value: &Value) -> usize {
    32 + match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(members) => {
            640 + members.iter().map(|(name, member)| 64 + name.len() + weight(member)).sum::<usize>()
        }
        _ => 0,
    }
}

/// The node of this number, in reading order.
fn node<'v>(value: &'v mut Value, left: &mut usize) -> Option<&'v mut Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| node(item, left)),
        Value::Object(members) => members.values_mut().find_map(|member| node(member, left)),
        _ => None,
    }
}

/// The container of this number among all that are not empty.
fn container<'v>(value: &'v mut Value, left: &mut usize) -> Option<&'v mut Value> {
    let filled = match value {
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => false,
    };
    if filled {
        if *left == 0 {
            return Some(value);
        }
        *left -= 1;
    }
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| container(item, left)),
        Value::Object(members) => members.values_mut().find_map(|member| container(member, left)),
        _ => None,
    }
}

fn containers(value: &Value) -> usize {
    match value {
        Value::Array(items) => usize::from(!items.is_empty()) + items.iter().map(containers).sum::<usize>(),
        Value::Object(members) => usize::from(!members.is_empty()) + members.values().map(containers).sum::<usize>(),
        _ => 0,
    }
}

/// A text that means something, or any.
pub fn word(recipe: &mut Recipe<'_>) -> String {
    let at = recipe.byte();
    match WORDS.get(usize::from(at)) {
        Some(word) => (*word).to_owned(),
        None if at == 255 => "x".repeat(70_000),
        None => recipe.text(64),
    }
}

/// Any value.
fn value(recipe: &mut Recipe<'_>) -> Value {
    match recipe.byte() % 16 {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(false),
        3 => json!(0),
        4 => json!(i64::from(recipe.number()) - 0x8000_0000),
        5 => json!(u64::MAX),
        6 => json!(-7.5),
        7 => json!([]),
        8 => json!({}),
        9 => json!([word(recipe)]),
        10 => {
            let name = *recipe.pick(NAMES);
            json!({ name: word(recipe) })
        }
        11 => (0..100).fold(json!(1), |inner, _| json!([inner])),
        12 => serde_json::from_slice(recipe.bytes(128)).unwrap_or_default(),
        _ => json!(word(recipe)),
    }
}

/// Changes a document in one place. What is repeated in it stays below `most` bytes.
fn splice(document: &mut Value, recipe: &mut Recipe<'_>, most: usize) {
    let whole = size(document);
    let deed = recipe.byte() % 12;
    let mut at = recipe.below(whole);
    match deed {
        // A node is another one.
        0..=3 => {
            let new = value(recipe);
            if let Some(node) = node(document, &mut at) {
                *node = new;
            }
        }
        // A node is what another one is.
        4 => {
            let mut from = recipe.below(whole);
            let other = node(document, &mut from).cloned().filter(|other| weight(other) <= most);
            if let (Some(node), Some(other)) = (node(document, &mut at), other) {
                *node = other;
            }
        }
        // A text is a little different.
        5 => {
            let (place, added, cut) = (recipe.byte(), recipe.text(16), recipe.byte());
            if let Some(Value::String(text)) = node(document, &mut at) {
                let characters: Vec<char> = text.chars().collect();
                let place = usize::from(place).min(characters.len());
                let behind = (place + usize::from(cut % 4)).min(characters.len());
                *text = characters[..place]
                    .iter()
                    .copied()
                    .chain(added.chars())
                    .chain(characters[behind..].iter().copied())
                    .collect();
            }
        }
        _ => {
            let mut at = at.checked_rem(containers(document)).unwrap_or_default();
            let Some(found) = container(document, &mut at) else { return };
            contents(found, deed, recipe, most);
        }
    }
}

/// Changes what is in a container that is not empty.
fn contents(found: &mut Value, deed: u8, recipe: &mut Recipe<'_>, room: usize) {
    match found {
        Value::Array(items) => {
            let at = recipe.below(items.len());
            match deed {
                6 | 7 => drop(items.remove(at)),
                8 => items.push(value(recipe)),
                9 => items.reverse(),
                _ => {
                    let times = 1_usize << (recipe.byte() % 18);
                    let item = items[at].clone();
                    let times = times.min(room / weight(&item));
                    items.extend(std::iter::repeat_n(item, times));
                }
            }
        }
        Value::Object(members) => {
            let name = members.keys().nth(recipe.below(members.len())).cloned().unwrap_or_default();
            match deed {
                6 | 7 => drop(members.remove(&name)),
                8 => {
                    let known = *recipe.pick(NAMES);
                    members.insert(known.to_owned(), value(recipe));
                }
                9 => {
                    let renamed = if recipe.byte().is_multiple_of(2) { name.to_uppercase() } else { recipe.text(16) };
                    let member = members.remove(&name).unwrap_or_default();
                    members.insert(renamed, member);
                }
                _ => {
                    let times = 1_usize << (recipe.byte() % 16);
                    let member = members[&name].clone();
                    let times = times.min(room / (weight(&member) + 128));
                    members.extend((0..times).map(|number| (format!("{name}{number}"), member.clone())));
                }
            }
        }
        _ => {}
    }
}

/// Changes a document in a few places, which add no more than `most` bytes.
pub fn splices(document: &mut Value, recipe: &mut Recipe<'_>, most: usize) {
    for _ in 0..=recipe.byte() % 4 {
        let room = most.saturating_sub(weight(document));
        splice(document, recipe, room);
    }
}

/// An object's bytes with one of its members said again, with another value: a map cannot hold that.
pub fn said_twice(document: &Value, recipe: &mut Recipe<'_>) -> Vec<u8> {
    let mut text = document.to_string();
    let places: Vec<usize> = text.match_indices('{').map(|(at, _)| at + 1).collect();
    let names: Vec<usize> = text.match_indices("\":").map(|(at, _)| at).collect();
    if places.is_empty() || names.is_empty() {
        return text.into_bytes();
    }
    let place = *recipe.pick(&places);
    let end = *recipe.pick(&names);
    let begin = text[..end].rfind('"').map_or(end, |begin| begin + 1);
    let member = format!("\"{}\":{},", &text[begin..end], value(recipe));
    if !text[place..].starts_with('}') {
        text.insert_str(place, &member);
    }
    text.into_bytes()
}

/// Changes a text's bytes in one place.
pub fn scratch(bytes: &mut Vec<u8>, recipe: &mut Recipe<'_>) {
    let at = (recipe.number() as usize).checked_rem(bytes.len() + 1).unwrap_or_default();
    let end = (at + usize::from(recipe.byte())).min(bytes.len());
    match recipe.byte() % 6 {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(at..end)),
        2 => {
            let again = bytes[at..end].to_vec();
            bytes.splice(at..at, again);
        }
        3 => bytes[at..end].iter_mut().take(1).for_each(|byte| *byte ^= 1 << (recipe.byte() % 8)),
        _ => drop(bytes.splice(at..at, recipe.bytes(64).iter().copied())),
    }
}
