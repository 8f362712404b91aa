//! Exchange's admin API for tests.

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use tenant_contacts_simulator::{Options, Seed, Simulator};

use super::{CLIENT, Reply, TENANT, options, reply, simulator, token};

/// A small tenant with some of everything that Exchange knows.
pub const SEED: &str = include_str!("../../fixtures/exchange.yaml");

/// A client with a token for Exchange.
pub struct Exchange {
    pub simulator: Simulator,
    pub token: String,
}

pub async fn start() -> Exchange {
    with(options()).await
}

pub async fn with(options: Options) -> Exchange {
    sign_in(simulator(&Seed::from_yaml(SEED).unwrap(), options), "minimal-secret").await
}

pub async fn sign_in(simulator: Simulator, secret: &str) -> Exchange {
    let form = format!(
        "grant_type=client_credentials&client_id={CLIENT}&client_secret={secret}&scope=https%3A%2F%2Foutlook.office365.com%2F.default"
    );
    let reply = token(&simulator, TENANT, &form).await;
    let token = reply.body["access_token"].as_str().unwrap_or_else(|| panic!("{}", reply.body)).to_owned();
    Exchange { simulator, token }
}

impl Exchange {
    pub async fn send(&self, method: &str, url: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
        let url = if url.starts_with("http") { url.to_owned() } else { format!("http://localhost{url}") };
        let mut request = Request::builder().method(method).uri(url);
        request = request.header("authorization", format!("Bearer {}", self.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        reply(&self.simulator, request.body(Bytes::from(body.to_string())).unwrap()).await.unwrap()
    }

    /// Runs a cmdlet.
    pub async fn run(&self, cmdlet: &str, parameters: Value) -> Reply {
        self.send("POST", &path(), &[], &envelope(cmdlet, parameters)).await
    }

    /// Runs a cmdlet that answers with objects.
    pub async fn list(&self, cmdlet: &str, parameters: Value) -> Vec<Value> {
        let reply = self.run(cmdlet, parameters).await;
        assert_eq!(reply.status, 200, "{cmdlet}: {}", reply.text);
        reply.items().clone()
    }

    /// The only object of an answer.
    pub async fn one(&self, cmdlet: &str, identity: &str) -> Value {
        let mut all = self.list(cmdlet, json!({"Identity": identity})).await;
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    /// One property of every object.
    pub async fn column(&self, cmdlet: &str, parameters: Value, property: &str) -> Vec<String> {
        let all = self.list(cmdlet, parameters).await;
        all.iter().map(|item| item[property].as_str().unwrap_or("null").to_owned()).collect()
    }

    /// A write that must succeed.
    pub async fn write(&self, cmdlet: &str, parameters: Value) -> Reply {
        let reply = self.run(cmdlet, parameters).await;
        assert_eq!(reply.status, 200, "{cmdlet}: {}", reply.text);
        reply
    }

    /// A call that must be refused: the type and text of the error's triple.
    pub async fn refused(&self, cmdlet: &str, parameters: Value) -> (u16, String, String) {
        let reply = self.run(cmdlet, parameters).await;
        let detail = reply.body["error"]["details"][0]["message"].as_str().unwrap_or_default();
        let mut parts = detail.splitn(3, '|').skip(1).map(str::to_owned);
        (reply.status, parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
    }
}

pub fn path() -> String {
    format!("/adminapi/beta/{TENANT}/InvokeCommand")
}

pub fn envelope(cmdlet: &str, parameters: Value) -> Value {
    json!({"CmdletInput": {"CmdletName": cmdlet, "Parameters": parameters}})
}
