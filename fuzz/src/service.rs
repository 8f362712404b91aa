//! Services that answer as they once answered, but for what a recipe does to some of their answers.
//!
//! Checked of every request: it goes to the host it should go to, over https, with the token of that service and no other; a
//! reading sends nothing that writes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use futures::{future::BoxFuture, stream};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use serde_json::{Value, json};
use tenant_contacts::simulated::InProcess;
use tenant_contacts_m365::{
    cloud::Cloud,
    transport::{Body, Cause, Reached, Transport, TransportError},
};
use uuid::Uuid;

use crate::{
    recipe::Recipe,
    splice::{said_twice, scratch, splices, word},
};

/// Most that a recipe makes of an answer, in bytes of memory; and in one of so many inputs.
const MOST: usize = 1 << 20;
const VERY_MOST: usize = 48 << 20;
const ONE_IN: u64 = 1024;

/// Most that is made for one input, in bytes of answers: making them takes longer than reading them.
const ALTOGETHER: usize = 4 << 20;

/// How long an answer takes, on a clock that does not wait for it: what has no end is given up after a time.
const ANSWER: Duration = Duration::from_millis(200);

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    Login,
    Graph,
    Exchange,
    Partner,
    Billing,
}

impl Service {
    const ALL: [Self; 5] = [Self::Login, Self::Graph, Self::Exchange, Self::Partner, Self::Billing];

    fn host(self) -> &'static str {
        let cloud = Cloud::Global;
        match self {
            Self::Login => cloud.login_host(),
            Self::Graph => cloud.graph_host(),
            Self::Exchange => cloud.exchange_host(),
            Self::Partner => cloud.partner_host().expect("the public cloud has one"),
            Self::Billing => cloud.arm_host(),
        }
    }

    /// Where a request goes. Anywhere else, and it must not have left.
    fn of(request: &Request<Bytes>) -> Self {
        let uri = request.uri();
        assert_eq!(uri.scheme_str(), Some("https"), "{uri}");
        let authority = uri.authority().map(http::uri::Authority::as_str).unwrap_or_default();
        let service = Self::ALL.into_iter().find(|service| service.host() == authority);
        service.unwrap_or_else(|| panic!("a request left for {authority}"))
    }
}

/// An answer that was given.
struct Canned {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Bytes,
    json: Option<Value>,
}

/// Everything that a tenant answered to somebody who read all of it.
pub struct Recording {
    pub tenant: Uuid,
    answers: Vec<Canned>,
    /// By what was asked, to the byte; and by the address alone.
    exact: HashMap<String, usize>,
    rough: HashMap<String, usize>,
    /// Answers within batches.
    items: HashMap<String, Value>,
    /// Which service a token is for.
    tokens: HashMap<String, Service>,
}

fn exact(request: &Request<Bytes>) -> String {
    format!("{} {}\n{}", request.method(), request.uri(), String::from_utf8_lossy(request.body()))
}

fn rough(request: &Request<Bytes>) -> String {
    let cmdlet = request.headers().get("x-cmdletname").and_then(|name| name.to_str().ok()).unwrap_or_default();
    let uri = request.uri();
    format!("{} {}{} {cmdlet}", request.method(), uri.authority().map_or("", |host| host.as_str()), uri.path())
}

fn item(item: &Value) -> String {
    format!("{} {} {}", item["method"], item["url"], item.get("body").unwrap_or(&Value::Null))
}

impl Recording {
    /// A recording of what `exchanges` were.
    pub fn of(tenant: Uuid, exchanges: Vec<(Request<Bytes>, Response<Bytes>)>) -> Self {
        let mut recording = Self {
            tenant,
            answers: Vec::new(),
            exact: HashMap::new(),
            rough: HashMap::new(),
            items: HashMap::new(),
            tokens: HashMap::new(),
        };
        for (request, response) in exchanges {
            recording.add(&request, response);
        }
        recording
    }

    fn add(&mut self, request: &Request<Bytes>, response: Response<Bytes>) {
        let (head, bytes) = response.into_parts();
        let json: Option<Value> = serde_json::from_slice(&bytes).ok();
        let service = Service::of(request);
        if let (Service::Login, Some(Value::String(token))) = (service, json.as_ref().map(|json| &json["access_token"]))
        {
            let form = String::from_utf8_lossy(request.body()).into_owned();
            let of = Service::ALL.into_iter().find(|service| form.contains(service.host()));
            self.tokens.insert(format!("Bearer {token}"), of.expect("a token is for a service"));
        }
        if request.uri().path().ends_with("/$batch") {
            let asked: Value = serde_json::from_slice(request.body()).unwrap_or_default();
            let given = json.as_ref().and_then(|json| json["responses"].as_array()).cloned().unwrap_or_default();
            for one in asked["requests"].as_array().into_iter().flatten() {
                if let Some(answer) = given.iter().find(|answer| answer["id"] == one["id"]) {
                    self.items.insert(item(one), answer.clone());
                }
            }
        }
        let at = self.answers.len();
        self.exact.entry(exact(request)).or_insert(at);
        self.rough.entry(rough(request)).or_insert(at);
        self.answers.push(Canned { status: head.status, headers: head.headers, bytes, json });
    }

    /// What is answered to a request that nobody recorded.
    fn otherwise(&self, request: &Request<Bytes>) -> Canned {
        let plain = |status, json: Value| Canned {
            status,
            headers: HeaderMap::new(),
            bytes: json.to_string().into(),
            json: Some(json),
        };
        let missing = json!({"error": {"code": "Request_ResourceNotFound", "message": "There is none."}});
        if request.uri().path().ends_with("/$batch") {
            let asked: Value = serde_json::from_slice(request.body()).unwrap_or_default();
            let answer = |one: &Value| {
                let mut answer = self.items.get(&item(one)).cloned();
                let answer = answer.get_or_insert_with(|| {
                    // A write is taken without an answer.
                    if one["method"] == "PATCH" {
                        json!({"status": 204})
                    } else {
                        json!({"status": 404, "body": missing})
                    }
                });
                answer["id"] = one["id"].clone();
                answer.take()
            };
            let responses: Vec<Value> = asked["requests"].as_array().into_iter().flatten().map(answer).collect();
            return plain(StatusCode::OK, json!({"responses": responses}));
        }
        plain(StatusCode::NOT_FOUND, missing)
    }
}

/// A way to a simulated tenant that takes everything down.
pub struct Recorder {
    pub tenant: InProcess,
    pub exchanges: Mutex<Vec<(Request<Bytes>, Response<Bytes>)>>,
}

impl Transport for Recorder {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(async move {
            let (head, body) = self.tenant.send(request.clone()).await?.into_parts();
            let bytes = body.read(usize::MAX).await.expect("the tenant answers to the end");
            let kept = Response::from_parts(head.clone(), bytes.clone());
            self.exchanges.lock().unwrap_or_else(PoisonError::into_inner).push((request, kept));
            Ok(Response::from_parts(head, Body::full(bytes)))
        })
    }
}

/// What is done to which answers.
pub struct Harms {
    services: &'static [Service],
    /// The number of the answer, or every one; and the recipe.
    deeds: Vec<(Option<usize>, Vec<u8>)>,
    most: usize,
    /// Whether something that writes may be sent.
    writes: bool,
    seen: Mutex<usize>,
    made: Mutex<usize>,
}

impl Harms {
    /// Reads what is to be done to answers of these services.
    pub fn read(services: &'static [Service], data: &[u8], writes: bool) -> Self {
        let mut recipe = Recipe::new(data);
        let mut deeds = Vec::new();
        let more = recipe.byte() % 4;
        for number in 0..=more {
            let at = recipe.byte();
            let at = (at < 240).then_some(usize::from(at) % 64);
            let deed = if number == more { recipe.rest() } else { recipe.bytes(255) };
            deeds.push((at, deed.to_vec()));
        }
        let hash = data.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        let most = if (hash >> 20).is_multiple_of(ONE_IN) { VERY_MOST } else { MOST };
        Self { services, deeds, most, writes, seen: Mutex::new(0), made: Mutex::new(0) }
    }

    /// The recipe for the next answer of a service.
    fn next(&self, service: Service) -> Option<&[u8]> {
        if !self.services.contains(&service) {
            return None;
        }
        if *self.made.lock().unwrap_or_else(PoisonError::into_inner) > ALTOGETHER {
            return None;
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let number = *seen;
        *seen += 1;
        self.deeds.iter().find(|(at, _)| at.is_none_or(|at| at == number)).map(|(_, deed)| &**deed)
    }
}

/// A way to services that answer as they once did, and do harm.
pub struct Replay {
    recording: &'static Recording,
    harms: Harms,
}

impl Replay {
    pub fn new(recording: &'static Recording, harms: Harms) -> Arc<Self> {
        Arc::new(Self { recording, harms })
    }

    /// How many answers of the harmed services were asked for.
    pub fn asked(&self) -> usize {
        *self.harms.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check(&self, request: &Request<Bytes>, service: Service) {
        if service == Service::Login {
            assert!(request.uri().path().ends_with("/oauth2/v2.0/token"), "{}", request.uri());
            return;
        }
        let token = request.headers().get("authorization").and_then(|token| token.to_str().ok()).unwrap_or_default();
        // A login service that does harm may give any token for any service.
        if !self.harms.services.contains(&Service::Login) {
            assert_eq!(self.recording.tokens.get(token), Some(&service), "a token of another service");
        }
        let cmdlet = || request.headers().get("x-cmdletname").is_none_or(|name| name.as_bytes().starts_with(b"Get-"));
        let batch = || !contains(request.body(), b"\"PATCH\"") && request.uri().path().ends_with("/$batch");
        let reads = match *request.method() {
            Method::GET => true,
            Method::POST if service == Service::Exchange => cmdlet(),
            Method::POST => batch(),
            _ => false,
        };
        assert!(reads || self.harms.writes, "{} {}", request.method(), request.uri());
    }

    fn answer(&self, request: &Request<Bytes>) -> Result<Response<Body>, TransportError> {
        let service = Service::of(request);
        self.check(request, service);
        let made;
        let known = self.recording.exact.get(&exact(request));
        let known = known.or_else(|| {
            let batch = request.uri().path().ends_with("/$batch");
            self.recording.rough.get(&rough(request)).filter(|_| !batch)
        });
        let canned = if let Some(at) = known {
            &self.recording.answers[*at]
        } else {
            made = self.recording.otherwise(request);
            &made
        };
        match self.harms.next(service) {
            None => Ok(respond(canned.status, canned.headers.clone(), Body::full(canned.bytes.clone()))),
            Some(deed) => self.harmed(canned, &mut Recipe::new(deed)),
        }
    }

    fn harmed(&self, canned: &Canned, recipe: &mut Recipe<'_>) -> Result<Response<Body>, TransportError> {
        let (mut status, mut headers, mut bytes);
        (status, headers) = (canned.status, canned.headers.clone());
        let deed = recipe.byte() % 16;
        let json = || canned.json.clone().unwrap_or_default();
        match deed {
            0..=7 => {
                let mut json = json();
                splices(&mut json, recipe, self.harms.most);
                bytes = json.to_string().into_bytes();
            }
            8 => bytes = said_twice(&json(), recipe),
            9 => bytes = recipe.rest().to_vec(),
            10 => {
                const STATUS: [u16; 24] = [
                    200, 201, 202, 204, 206, 301, 302, 307, 400, 401, 403, 404, 408, 409, 410, 412, 413, 423, 429, 500,
                    502, 503, 504, 599,
                ];
                status = StatusCode::from_u16(*recipe.pick(&STATUS)).unwrap_or_default();
                header(&mut headers, recipe);
                if recipe.happens(128) {
                    let mut error =
                        json!({"error": {"code": word(recipe), "message": word(recipe), "innerError": {"code": "x"}}});
                    splices(&mut error, recipe, self.harms.most);
                    bytes = error.to_string().into_bytes();
                } else {
                    bytes = canned.bytes.to_vec();
                }
            }
            11 => {
                let reached = *recipe.pick(&[Reached::BeforeSend, Reached::Unknown]);
                let causes = [Cause::Connect, Cause::Timeout, Cause::Broken, Cause::PlainText, Cause::Unsendable];
                return Err(TransportError::new(reached, *recipe.pick(&causes)));
            }
            12 => {
                let end = recipe.below(canned.bytes.len() + 1);
                let broken = Err(TransportError::new(Reached::Unknown, Cause::Broken));
                let part = canned.bytes.slice(..end);
                return Ok(respond(status, headers, Body::stream(stream::iter([Ok(part), broken]))));
            }
            13 => {
                // What somebody else was told.
                let other = recipe.pick(&self.recording.answers);
                (status, headers, bytes) = (other.status, other.headers.clone(), other.bytes.to_vec());
            }
            14 => {
                bytes = [b"\xef\xbb\xbf", &canned.bytes[..]].concat();
            }
            _ => {
                bytes = canned.bytes.to_vec();
                for _ in 0..=recipe.byte() % 3 {
                    scratch(&mut bytes, recipe);
                }
            }
        }
        *self.harms.made.lock().unwrap_or_else(PoisonError::into_inner) += bytes.len();
        if recipe.happens(8) {
            header(&mut headers, recipe);
        }
        Ok(respond(status, headers, Body::full(bytes)))
    }
}

impl Transport for Replay {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(async move {
            tokio::time::sleep(ANSWER).await;
            self.answer(&request)
        })
    }
}

fn respond(status: StatusCode, headers: HeaderMap, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

fn header(headers: &mut HeaderMap, recipe: &mut Recipe<'_>) {
    const NAMES: [HeaderName; 4] =
        [http::header::RETRY_AFTER, http::header::LOCATION, http::header::DATE, http::header::WWW_AUTHENTICATE];
    const WAITS: [&str; 8] =
        ["0", "1", "30", "86400", "18446744073709551615", "-1", "2.5", "Fri, 31 Dec 9999 23:59:59 GMT"];
    let name = recipe.pick(&NAMES).clone();
    let value = if recipe.byte().is_multiple_of(2) { (*recipe.pick(&WAITS)).to_owned() } else { word(recipe) };
    if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
        headers.insert(name, value);
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
