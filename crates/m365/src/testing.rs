//! Doubles for this crate's tests: a scripted transport, a fixed clock, a predictable generator.
//!
//! Invariant: a request that the script has no answer for is answered with a failed connection and stays visible in
//! [`Script::requests`], so an unexpected request fails the test that counts them.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use futures::{future::BoxFuture, stream};
use http::{Request, Response};
use jiff::Timestamp;
use tokio::time::{Instant, sleep};
use url::Url;
use uuid::Uuid;

use crate::{
    auth::{Credential, Identity, TokenProvider},
    clock::Clock,
    cloud::{Cloud, Endpoints, Scope},
    observe::{Observer, Unobserved},
    ports::Ports,
    random::Rng64,
    send::{RetryPolicy, Sender},
    transport::{Body, Cause, Reached, Transport, TransportError},
};

pub(crate) const TEST_KEY: &str = include_str!("../tests/fixtures/test-only-key.pem");
pub(crate) const TEST_CERTIFICATE: &str = include_str!("../tests/fixtures/test-only-certificate.pem");
/// The same key in the older form.
pub(crate) const TEST_KEY_PKCS1: &str = include_str!("../tests/fixtures/test-only-key-pkcs1.pem");
const TEST_PUBLIC_KEY: &str = include_str!("../tests/fixtures/test-only-public.pem");
/// `openssl x509 -outform der | openssl dgst -sha256 -binary | basenc --base64url`, independent of the code under test.
pub(crate) const TEST_THUMBPRINT: &str = "Wyzvsr5MwAA5fny0LH-hvjw3i2UKGpzwArnfGaFPZ1U";

/// Header and claims of a token that the test key signed with PS256; fails if it did not.
pub(crate) fn verified(token: &str) -> (serde_json::Value, serde_json::Value) {
    use ring::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
    use rustls::pki_types::{SubjectPublicKeyInfoDer, pem::PemObject};

    let spki = SubjectPublicKeyInfoDer::from_pem_slice(TEST_PUBLIC_KEY.as_bytes()).unwrap();
    // What precedes the key itself is the name of its algorithm: 24 bytes for RSA with 2048 bits.
    let key = UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, &spki[24..]);
    let (signed, signature) = token.rsplit_once('.').unwrap();
    key.verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let json = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    (json(header), json(claims))
}

pub(crate) const TENANT: Uuid = Uuid::from_u128(0x11);
pub(crate) const CLIENT: Uuid = Uuid::from_u128(0x22);
pub(crate) const GRAPH: &str = "https://graph.microsoft.com/v1.0/";

enum Step {
    Respond(Response<Body>),
    Fail(Reached, Cause),
    /// Received, and never answered.
    Hang,
}

/// What the transport saw.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) request: Request<Bytes>,
    pub(crate) at: Instant,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.request.headers().get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn body(&self) -> String {
        String::from_utf8_lossy(self.request.body()).into_owned()
    }
}

#[derive(Default)]
struct Inner {
    steps: VecDeque<Step>,
    logins: VecDeque<Step>,
    seen: Vec<Seen>,
    tokens: u64,
    login_time: Duration,
}

/// A transport that answers from a script. Token requests have their own queue; without an entry they succeed with
/// `token-1`, `token-2`, ….
#[derive(Clone, Default)]
pub(crate) struct Script(Arc<Mutex<Inner>>);

impl Script {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn reply(&self, status: u16, body: &str) {
        self.reply_with(status, &[], body);
    }

    pub(crate) fn reply_with(&self, status: u16, headers: &[(&str, &str)], body: &str) {
        self.0.lock().unwrap().steps.push_back(respond(status, headers, Body::full(body.to_owned())));
    }

    /// A successful head, part of a body, and then the connection breaks.
    pub(crate) fn cut(&self, part: &'static str) {
        let body = Body::stream(stream::iter([
            Ok(Bytes::from_static(part.as_bytes())),
            Err(TransportError::new(Reached::Unknown, Cause::Broken)),
        ]));
        self.0.lock().unwrap().steps.push_back(respond(200, &[], body));
    }

    pub(crate) fn fail(&self, reached: Reached, cause: Cause) {
        self.0.lock().unwrap().steps.push_back(Step::Fail(reached, cause));
    }

    pub(crate) fn hang(&self) {
        self.0.lock().unwrap().steps.push_back(Step::Hang);
    }

    pub(crate) fn login(&self, status: u16, body: &str) {
        self.0.lock().unwrap().logins.push_back(respond(status, &[], Body::full(body.to_owned())));
    }

    /// How long the login service takes.
    pub(crate) fn login_time(&self, time: Duration) {
        self.0.lock().unwrap().login_time = time;
    }

    /// Requests to services, token requests left out.
    pub(crate) fn requests(&self) -> Vec<Seen> {
        self.seen(false)
    }

    pub(crate) fn logins(&self) -> Vec<Seen> {
        self.seen(true)
    }

    fn seen(&self, login: bool) -> Vec<Seen> {
        let inner = self.0.lock().unwrap();
        inner.seen.iter().filter(|seen| is_login(&seen.request) == login).cloned().collect()
    }
}

fn is_login(request: &Request<Bytes>) -> bool {
    request.uri().path().ends_with("/oauth2/v2.0/token")
}

fn respond(status: u16, headers: &[(&str, &str)], body: Body) -> Step {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    Step::Respond(response.body(body).unwrap())
}

impl Transport for Script {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(async move {
            let login = is_login(&request);
            let (step, delay) = {
                let mut inner = self.0.lock().unwrap();
                inner.seen.push(Seen { request, at: Instant::now() });
                if login {
                    inner.tokens += 1;
                    let token = format!(r#"{{"access_token":"token-{}","expires_in":3599}}"#, inner.tokens);
                    let step = inner.logins.pop_front().unwrap_or_else(|| respond(200, &[], Body::full(token)));
                    (Some(step), inner.login_time)
                } else {
                    (inner.steps.pop_front(), Duration::ZERO)
                }
            };
            sleep(delay).await;
            match step {
                Some(Step::Respond(response)) => Ok(response),
                Some(Step::Fail(reached, cause)) => Err(TransportError::new(reached, cause)),
                Some(Step::Hang) => std::future::pending().await,
                None => Err(TransportError::new(Reached::BeforeSend, Cause::Unsendable)),
            }
        })
    }
}

pub(crate) struct FixedClock(Timestamp);

impl FixedClock {
    pub(crate) fn at(time: &str) -> Self {
        Self(time.parse().unwrap())
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// Splitmix64 from a fixed seed.
pub(crate) struct SequenceRng(AtomicU64);

impl SequenceRng {
    pub(crate) fn new() -> Self {
        Self(AtomicU64::new(1))
    }
}

impl Rng64 for SequenceRng {
    fn next_u64(&self) -> u64 {
        let mut z = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

pub(crate) fn ports(script: &Script) -> Ports {
    ports_over(Arc::new(script.clone()))
}

fn ports_over(transport: Arc<dyn Transport>) -> Ports {
    Ports {
        transport,
        clock: Arc::new(FixedClock::at("1994-11-06T08:49:00Z")),
        rng: Arc::new(SequenceRng::new()),
        observer: Arc::new(Unobserved),
    }
}

pub(crate) fn endpoints() -> Endpoints {
    Cloud::Global.endpoints().unwrap()
}

pub(crate) fn provider(script: &Script, credential: Credential) -> TokenProvider {
    let identity = Identity { tenant: TENANT, client_id: CLIENT };
    TokenProvider::new(ports(script), RetryPolicy::default(), &endpoints(), identity, Arc::new(credential))
}

pub(crate) fn sender(script: &Script) -> Sender {
    let base = endpoints().graph().join("v1.0/").unwrap();
    sender_to(script, Cloud::Global.graph_scope(), base)
}

/// A sender to another service.
pub(crate) fn sender_to(script: &Script, scope: Scope, base: Url) -> Sender {
    observed(script, scope, base, Arc::new(Unobserved))
}

/// The same, and who hears of its requests and of those for its tokens.
pub(crate) fn observed(script: &Script, scope: Scope, base: Url, observer: Arc<dyn Observer>) -> Sender {
    let ports = Ports { observer, ..ports(script) };
    let source = Arc::new(Credential::Secret("the-secret".to_owned().into()));
    let identity = Identity { tenant: TENANT, client_id: CLIENT };
    let tokens = TokenProvider::new(ports.clone(), RetryPolicy::default(), &endpoints(), identity, source);
    Sender::new(ports, Arc::new(tokens), scope, base, RetryPolicy::default())
}

/// A sender to Graph over another transport.
pub(crate) fn sender_over(transport: Arc<dyn Transport>) -> Sender {
    let ports = ports_over(transport);
    let source = Arc::new(Credential::Secret("the-secret".to_owned().into()));
    let identity = Identity { tenant: TENANT, client_id: CLIENT };
    let tokens = TokenProvider::new(ports.clone(), RetryPolicy::default(), &endpoints(), identity, source);
    let base = endpoints().graph().join("v1.0/").unwrap();
    Sender::new(ports, Arc::new(tokens), Cloud::Global.graph_scope(), base, RetryPolicy::default())
}

/// The login service's answer with a token that says it has these application permissions.
pub(crate) fn token_with(permissions: &[&str]) -> String {
    let claims = URL_SAFE_NO_PAD.encode(serde_json::json!({"roles": permissions}).to_string());
    format!(r#"{{"access_token":"e30.{claims}.c2ln","expires_in":3599}}"#)
}
