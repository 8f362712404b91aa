//! The bare loop: downloads and parses the pages that a full reading needs, and keeps nothing.

use bytes::Bytes;
use http::{Method, Request, header};
use serde::Deserialize;
use serde_json::{Value, json};
use tenant_contacts_m365::{
    net::{NetOptions, NetTransport},
    transport::Transport as _,
};
use tokio::time::Instant;

use super::{measure, simulator};

pub(crate) const PROPERTIES: &str =
    "id,userPrincipalName,mail,accountEnabled,onPremisesSyncEnabled,otherMails,mobilePhone,businessPhones";

#[derive(Deserialize)]
pub(crate) struct Page {
    pub(crate) value: Vec<User>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, clippy::struct_field_names)] // parsed, since the engine parses them; named as Graph names them
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) user_principal_name: String,
    pub(crate) mail: Option<String>,
    pub(crate) account_enabled: Option<bool>,
    pub(crate) on_premises_sync_enabled: Option<bool>,
    pub(crate) other_mails: Vec<String>,
    pub(crate) mobile_phone: Option<String>,
    pub(crate) business_phones: Vec<String>,
}

pub(crate) struct Client {
    net: NetTransport,
    token: String,
}

impl Client {
    pub(crate) async fn sign_in(base: &str) -> Self {
        let net = NetTransport::new(&NetOptions::default()).unwrap();
        let form = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default",
            simulator::CLIENT,
            simulator::SECRET
        );
        let mut client = Self { net, token: String::new() };
        let url = format!("{base}/{}/oauth2/v2.0/token", simulator::TENANT);
        let answer = client.send(Method::POST, &url, "application/x-www-form-urlencoded", form).await;
        let token: Value = serde_json::from_slice(&answer).unwrap();
        token["access_token"].as_str().unwrap().clone_into(&mut client.token);
        client
    }

    pub(crate) async fn send(&self, method: Method, url: &str, kind: &str, body: String) -> Bytes {
        let request = Request::builder()
            .method(method)
            .uri(url)
            .header(header::CONTENT_TYPE, kind)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .body(Bytes::from(body))
            .unwrap();
        let response = self.net.send(request).await.unwrap();
        assert!(response.status().is_success(), "{}", response.status());
        response.into_body().read(1 << 30).await.unwrap()
    }

    pub(crate) async fn pages(&self, base: &str, mut each: impl FnMut(Page)) {
        let mut next = Some(format!("{base}/v1.0/users?$select={PROPERTIES}&$top=999"));
        while let Some(url) = next {
            let bytes = self.send(Method::GET, &url, "application/json", String::new()).await;
            let mut page: Page = serde_json::from_slice(&bytes).unwrap();
            next = page.next.take();
            each(page);
        }
    }
}

pub(crate) async fn run(base: &str) -> Value {
    let client = Client::sign_in(base).await;
    let (started, cpu) = (Instant::now(), measure::cpu());
    let mut users = 0;
    client.pages(base, |page| users += page.value.len()).await;
    json!({
        "wall": started.elapsed().as_secs_f64(),
        "cpu": measure::cpu() - cpu,
        "users": users,
        "peak": measure::peak_memory("self"),
    })
}
