//! A client for tests: asks a simulator in process and gives back status, headers and JSON.

pub mod exchange;
pub mod mail;
pub mod metadata;

use bytes::Bytes;
use http::{HeaderMap, Request};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tenant_contacts_simulator::{ConnectionFault, Options, Seed, Simulator};

pub const TENANT: &str = "9c2f6f2e-5a1c-4d55-8a36-0f6f2a7e1001";
pub const CLIENT: &str = "6f9f1c8e-2b7d-4a52-9a0e-1d3c5b7a2001";

/// A client with a token.
pub struct Client {
    pub simulator: Simulator,
    pub token: String,
}

#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
    pub text: String,
}

impl Reply {
    pub fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }
    pub fn message(&self) -> &str {
        self.body["error"]["message"].as_str().unwrap_or_default()
    }
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
    pub fn items(&self) -> &Vec<Value> {
        self.body["value"].as_array().unwrap_or_else(|| panic!("no value in {}: {}", self.status, self.body))
    }
}

/// Options with a fixed date, so that every run prints the same.
pub fn options() -> Options {
    Options { epoch: Some("2026-11-21T10:00:00Z".parse().unwrap()), ..Options::default() }
}

pub fn simulator(seed: &Seed, options: Options) -> Simulator {
    Simulator::new(seed, options).unwrap()
}

pub async fn minimal() -> Client {
    client(simulator(&Seed::minimal(), options())).await
}

pub async fn with(seed: &str) -> Client {
    client(simulator(&Seed::from_yaml(seed).unwrap(), options())).await
}

pub async fn client(simulator: Simulator) -> Client {
    let reply = sign_in(&simulator, CLIENT, "minimal-secret").await;
    let token = reply.body["access_token"].as_str().unwrap_or_else(|| panic!("{}", reply.body)).to_owned();
    Client { simulator, token }
}

pub async fn sign_in(simulator: &Simulator, client: &str, secret: &str) -> Reply {
    let form = format!(
        "grant_type=client_credentials&client_id={client}&client_secret={secret}&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"
    );
    token(simulator, TENANT, &form).await
}

pub async fn token(simulator: &Simulator, tenant: &str, form: &str) -> Reply {
    let request = Request::post(format!("http://localhost/{tenant}/oauth2/v2.0/token"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(form.to_owned()))
        .unwrap();
    reply(simulator, request).await.unwrap()
}

pub async fn reply(simulator: &Simulator, request: Request<Bytes>) -> Result<Reply, ConnectionFault> {
    let (parts, body) = simulator.handle(request).await?.into_parts();
    let bytes = body.collect().await.expect("body").to_bytes();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Ok(Reply { status: parts.status.as_u16(), headers: parts.headers, body, text })
}

impl Client {
    pub async fn send(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Result<Reply, ConnectionFault> {
        let url = if url.starts_with("http") {
            url.to_owned()
        } else {
            format!("http://localhost/v1.0{}", url.replace(' ', "%20").replace('"', "%22"))
        };
        let mut request = Request::builder().method(method).uri(url);
        request = request.header("authorization", format!("Bearer {}", self.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let bytes = body.map(|body| Bytes::from(body.to_string())).unwrap_or_default();
        reply(&self.simulator, request.body(bytes).unwrap()).await
    }
    pub async fn get(&self, url: &str) -> Reply {
        self.send("GET", url, &[], None).await.unwrap()
    }
    pub async fn advanced(&self, url: &str) -> Reply {
        self.send("GET", url, &[("ConsistencyLevel", "eventual")], None).await.unwrap()
    }
    pub async fn patch(&self, url: &str, body: Value) -> Reply {
        self.send("PATCH", url, &[], Some(body)).await.unwrap()
    }
    pub async fn post(&self, url: &str, body: Value) -> Reply {
        self.send("POST", url, &[], Some(body)).await.unwrap()
    }
    pub async fn put(&self, url: &str, body: Value) -> Reply {
        self.send("PUT", url, &[], Some(body)).await.unwrap()
    }
    pub async fn delete(&self, url: &str) -> Reply {
        self.send("DELETE", url, &[], None).await.unwrap()
    }
    /// A token with these permissions and no others (and the same directory roles).
    pub async fn limited(&self, permissions: &[&str]) -> Client {
        assert!(self.simulator.set_permissions(CLIENT, permissions));
        client(self.simulator.clone()).await
    }
    /// The only item of a user list by sign-in name.
    pub async fn user(&self, upn: &str, select: &str) -> Value {
        self.get(&format!("/users/{upn}?$select={select}")).await.body
    }
}

pub fn object(value: Value) -> serde_json::Map<String, Value> {
    value.as_object().cloned().unwrap_or_else(|| panic!("not an object: {}", json!(value)))
}
