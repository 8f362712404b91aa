//! A service on a bad day, or somebody else in its place: whatever it answers, nothing panics, reading ends, and no certain
//! word turns.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use serde_json::{Map, Value, json};
use tenant_contacts::{connect::SharedConnection, simulated::InProcess, survey::Surveys};
use tenant_contacts_api::reason::Reason;
use tenant_contacts_core::answer::{Answer, Declared, explain};
use tenant_contacts_engine::port::{NoFence, TenantError};
use tenant_contacts_m365::transport::{Body, Transport, TransportError};
use tenant_contacts_simulator::{Seed, Switches};
use testkit::{
    dice::Dice,
    rig::{EPOCH, on_paused_time},
};

use crate::survey::tenant::{network, observed, read_over};
use crate::{
    permissions::compare,
    tally::each,
    tangled::{look, seed, simulator},
};

/// Tenants that are garbled, and how often each.
const TENANTS: u64 = 6;
const TIMES: u64 = 2;

/// The same, or more of them for a campaign.
fn tenants() -> std::ops::Range<u64> {
    let number = std::env::var("TENANT_CONTACTS_ORACLE_GARBLED").ok().map(|text| text.parse::<u64>().unwrap());
    0..number.unwrap_or(TENANTS)
}

/// What is done to answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Harm {
    /// Members have values of other types.
    Types,
    /// Members are gone.
    Holes,
    /// Members are null, which is as good as any value where a thing may not be set: here it is only seen that reading ends.
    Nulls,
    /// Objects are there twice, and have members that nobody knows.
    More,
    /// Whole answers are something else.
    Answers,
    /// Pages lead somewhere else.
    Links,
}

const HARMS: [Harm; 6] = [Harm::Types, Harm::Holes, Harm::Nulls, Harm::More, Harm::Answers, Harm::Links];

/// A way to a tenant on which some answers are garbled.
struct Garbled {
    inner: InProcess,
    harm: Harm,
    /// One answer in so many.
    one_in: u64,
    dice: Mutex<Dice>,
    /// What was harmed, for whoever looks into a disagreement.
    harmed: Arc<Mutex<Vec<String>>>,
}

impl Transport for Garbled {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        let address = request.uri().to_string();
        let asked = request.body().clone();
        Box::pin(async move {
            let response = self.inner.send(request).await?;
            let (mut head, body) = response.into_parts();
            let bytes = body.read(usize::MAX).await.unwrap();
            let mut dice = self.dice.lock().unwrap();
            let spared = address.contains("/oauth2/") || !head.status.is_success() || dice.below(self.one_in) != 0;
            if spared {
                return Ok(Response::from_parts(head, Body::full(bytes)));
            }
            let Ok(mut json) = serde_json::from_slice::<Value>(&bytes) else {
                return Ok(Response::from_parts(head, Body::full(bytes)));
            };
            let asked = String::from_utf8_lossy(&asked);
            let before = json.clone();
            let body = match self.harm {
                Harm::Answers => {
                    let (status, body) = another_answer(&mut dice, &bytes);
                    head.status = status.try_into().unwrap();
                    body
                }
                Harm::Types => garbled(&mut dice, &mut json, other_type),
                Harm::Holes => garbled(&mut dice, &mut json, gone),
                Harm::Nulls => garbled(&mut dice, &mut json, null),
                Harm::More => {
                    more(&mut dice, &mut json);
                    json.to_string().into_bytes()
                }
                Harm::Links => {
                    let links = links(&address);
                    let link = links[dice.pick(links.len())].clone();
                    lists(&mut json, &mut |list| {
                        let name = if address.contains("Microsoft.Billing") { "nextLink" } else { "@odata.nextLink" };
                        list.insert(name.to_owned(), link.clone());
                    });
                    json.to_string().into_bytes()
                }
            };
            if matches!(self.harm, Harm::Types | Harm::Holes) {
                self.harmed.lock().unwrap().extend(difference(&before, &json, &asked));
            }
            Ok(Response::from_parts(head, Body::full(body)))
        })
    }
}

/// The members that differ.
fn difference(before: &Value, after: &Value, at: &str) -> Vec<String> {
    let of = |name: &str| {
        format!(
            "{} {name}",
            at.rsplit("CmdletName")
                .next()
                .unwrap_or_default()
                .chars()
                .skip(3)
                .take_while(|c| *c != '"')
                .collect::<String>()
        )
    };
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => before
            .iter()
            .flat_map(|(name, value)| match after.get(name) {
                Some(other) if other.is_object() || other.is_array() => difference(value, other, &of(name)),
                Some(other) if other == value => Vec::new(),
                Some(_) => vec![of(name)],
                None => vec![format!("{} gone", of(name))],
            })
            .collect(),
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            before.iter().zip(after).flat_map(|(before, after)| difference(before, after, at)).collect()
        }
        _ if before == after => Vec::new(),
        _ => vec![at.to_owned()],
    }
}

fn another_answer(dice: &mut Dice, bytes: &[u8]) -> (u16, Vec<u8>) {
    let error = json!({"error": {"code": "InternalServerError", "message": "ann@contoso.com could not be read"}});
    let text = |text: &str| text.as_bytes().to_vec();
    let cut = || bytes[..bytes.len() / 2].to_vec();
    match dice.pick(13) {
        0 => (200, error.to_string().into_bytes()),
        1 => (202, bytes.to_vec()),
        2 => (206, bytes.to_vec()),
        3 => (204, Vec::new()),
        4 => (200, cut()),
        5 => (200, "[".repeat(100_000).into_bytes()),
        6 => (200, [b"\xef\xbb\xbf\xef\xbb\xbf", bytes].concat()),
        7 => (200, b"\0".repeat(64)),
        8 => (200, text("<html>down for maintenance</html>")),
        9 => (200, text("null")),
        10 => (503, error.to_string().into_bytes()),
        11 => (429, error.to_string().into_bytes()),
        _ => (403, b"\0".repeat(64)),
    }
}

fn links(address: &str) -> Vec<Value> {
    let base = &address[..address.find('/').map_or(0, |at| at + 2)];
    vec![
        json!(address),
        json!("https://elsewhere.example/v1.0/users"),
        json!(address.replace("https://", "http://").replace("http://", "ftp://")),
        json!(format!("{base}user:pass@elsewhere.example/")),
        json!("?$skiptoken=2"),
        json!("x".repeat(100_000)),
        json!(7),
        json!({"a": "b"}),
    ]
}

/// Every object in an answer that has a list of items.
fn lists(json: &mut Value, work: &mut dyn FnMut(&mut Map<String, Value>)) {
    match json {
        Value::Object(members) => {
            if members.get("value").is_some_and(Value::is_array) {
                work(members);
            }
            members.values_mut().for_each(|member| lists(member, work));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| lists(item, work)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What is done to a member of an object, by its name.
type Harming = fn(&mut Dice, &mut Map<String, Value>, &str);

/// Does something to some members of the items of lists.
fn garbled(dice: &mut Dice, json: &mut Value, harm: Harming) -> Vec<u8> {
    lists(json, &mut |list| {
        let Some(items) = list.get_mut("value").and_then(Value::as_array_mut).filter(|items| !items.is_empty()) else {
            return;
        };
        let chosen = dice.pick(items.len());
        members(dice, &mut items[chosen], harm);
    });
    json.to_string().into_bytes()
}

fn members(dice: &mut Dice, item: &mut Value, harm: Harming) {
    let Value::Object(object) = item else { return };
    let names: Vec<String> = object.keys().cloned().collect();
    if names.is_empty() {
        return;
    }
    let name = &names[dice.pick(names.len())];
    // Sometimes deeper.
    let inner = object.get_mut(name).unwrap();
    let deeper = match inner {
        Value::Array(items) => items.first_mut().filter(|item| item.is_object()),
        Value::Object(_) => Some(inner),
        _ => None,
    };
    match deeper {
        Some(deeper) if dice.below(10) < 7 => members(dice, deeper, harm),
        _ => harm(dice, object, name),
    }
}

/// A value that no reader can take for the one that was there.
fn other_type(dice: &mut Dice, object: &mut Map<String, Value>, name: &str) {
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    let strange = [json!({"a": ["b"]}), json!([[1], null]), json!(-7.5), json!("x".repeat(70_000)), deep];
    let usual = |value: &Value| match value {
        // A number is read from its digits, and a text may be any text.
        Value::Number(_) => [0, 1].as_slice(),
        Value::String(_) => &[0, 1, 2, 3, 4],
        Value::Bool(_) | Value::Null | Value::Array(_) | Value::Object(_) => &[0, 1, 2, 4],
    };
    let choices = usual(&object[name]);
    object.insert(name.to_owned(), strange[choices[dice.pick(choices.len())]].clone());
}

fn gone(_: &mut Dice, object: &mut Map<String, Value>, name: &str) {
    object.remove(name);
}

fn null(_: &mut Dice, object: &mut Map<String, Value>, name: &str) {
    object.insert(name.to_owned(), Value::Null);
}

fn more(dice: &mut Dice, json: &mut Value) {
    lists(json, &mut |list| {
        list.insert("@odata.newer".into(), json!({"a": [null]}));
        list.insert(
            "@adminapi.warnings".into(),
            json!(["The mailbox of ann@contoso.com is being moved.", 7, {"a": 1}]),
        );
        let Some(items) = list.get_mut("value").and_then(Value::as_array_mut) else { return };
        if let Some(item) = items.get_mut(0).and_then(Value::as_object_mut) {
            item.insert("newerMember".into(), json!({"value": ["x"]}));
        }
        if !items.is_empty() {
            let again = items[dice.pick(items.len())].clone();
            items.push(again);
        }
    });
}

async fn answer(of: &Seed, harm: Harm, number: u64) -> (Result<Answer, TenantError>, String) {
    let harmed = Arc::<Mutex<Vec<String>>>::default();
    let answer = garbled_answer(of, harm, number, Arc::clone(&harmed)).await;
    let harmed = std::mem::take(&mut *harmed.lock().unwrap());
    (answer, harmed.join("; "))
}

async fn garbled_answer(
    of: &Seed,
    harm: Harm,
    number: u64,
    harmed: Arc<Mutex<Vec<String>>>,
) -> Result<Answer, TenantError> {
    let simulator = simulator(of, Switches::default());
    let mut dice = Dice::new(number);
    let one_in = [1, 3, 10, 30][dice.pick(4)];
    let tenant = simulator.tenant_id();
    let garbled = Garbled { inner: InProcess(simulator), harm, one_in, dice: Mutex::new(dice), harmed };
    let (declared, now) = (Declared::default(), EPOCH.parse().unwrap());
    let wanted = |landscape: &_| explain(landscape, &declared, now).wanted;
    let landscape = read_over(Arc::new(garbled), &tenant, &wanted).await?;
    Ok(explain(&landscape, &declared, now).answer)
}

#[test]
fn g2_whatever_is_garbled_becomes_unknown_and_turns_no_certain_word() {
    let tally = each(tenants(), |number, tally| {
        let seed = seed(number);
        let whole = on_paused_time(async { look(&simulator(&seed, Switches::default())).await.1 });
        for harm in HARMS {
            for time in 0..TIMES {
                let at = number * 1_000 + time;
                match on_paused_time(answer(&seed, harm, at)) {
                    (Ok(_), _) if harm == Harm::Nulls => tally.count("read with nulls"),
                    (Ok(part), harmed) => {
                        compare(&format!("tenant {at} with {harm:?} ({harmed})"), &whole, &part, tally);
                    }
                    // Whose tenant it is cannot be told.
                    (Err(_), _) => tally.count(format!("no answer: {harm:?}")),
                }
            }
        }
    });
    // A recipient that cannot be read says so itself: no permission would tell.
    tally.forgiving("unknown, and no gap says why").settle();
}

/// Answers every listing with a page that leads to another one, and takes its time.
struct Endless(InProcess);

impl Transport for Endless {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        let address = request.uri().to_string();
        Box::pin(async move {
            if !address.contains("/users") {
                return self.0.send(request).await;
            }
            tokio::time::sleep(std::time::Duration::from_secs(100)).await;
            let base = address.split("skiptoken=").next().unwrap();
            let number: u32 =
                address.rsplit("skiptoken=").next().and_then(|text| text.parse().ok()).unwrap_or_default();
            let joint = if base.contains('?') { "&" } else { "?" };
            let base = base.trim_end_matches(['&', '?']);
            let page = json!({"value": [], "@odata.nextLink": format!("{base}{joint}skiptoken={}", number + 1)});
            Ok(Response::new(Body::full(page.to_string())))
        })
    }
}

#[test]
fn a_list_without_an_end_is_given_up_and_whoever_waits_for_it_goes_on() {
    on_paused_time(async {
        let simulator = simulator(&seed(1), Switches::default());
        let set = observed(&simulator.tenant_id());
        let connection = SharedConnection::new(network(Arc::new(Endless(InProcess(simulator)))), Arc::new(NoFence));
        let surveys = Surveys::new(Arc::new(connection));
        surveys.declare(&set);
        let start = tokio::time::Instant::now();
        let problem = surveys.read(&[]).await.unwrap_err();
        assert_eq!(problem.reason, Reason::TenantUnreachable);
        assert!(problem.message.contains("30 minutes"), "{}", problem.message);
        assert_eq!(start.elapsed(), std::time::Duration::from_mins(30));
    });
}
