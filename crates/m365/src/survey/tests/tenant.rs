//! A tenant that answers by what it is asked, whatever the order.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use serde_json::{Value, json};
use tenant_contacts_core::landscape::{Landscape, Wanted};
use tenant_contacts_engine::port::{Survey, TenantError};

use crate::{
    auth::{Credential, Identity, TokenProvider},
    cloud::Cloud,
    ports::Ports,
    send::{RetryPolicy, Sender},
    survey::{KnownNames, Services, TenantSurvey},
    testing::{CLIENT, FixedClock, Script, TENANT, endpoints, ports, token_with},
    transport::{Body, Transport, TransportError},
};

/// Answers by name: `Get-Mailbox`, `Get-Mailbox deleted`, a path of Graph without its query, `partner`, `billing`. What has no
/// answer is an empty list.
#[derive(Clone, Default)]
pub(super) struct Tenant(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    answers: BTreeMap<String, (u16, Value)>,
    asked: Vec<String>,
    /// Parameters of cmdlets that were called alone.
    parameters: Vec<Value>,
    /// Permissions of tokens, by a part of the scope.
    permissions: BTreeMap<&'static str, Vec<&'static str>>,
    refused: Vec<&'static str>,
    names: Arc<KnownNames>,
}

pub(super) const ORGANIZATION: &str = "organization";

impl Tenant {
    /// A tenant with an organization and nothing else, whose application may read everything.
    pub(super) fn new() -> Self {
        let tenant = Self::default();
        tenant.grant("graph", &["User.Read.All", "Organization.Read.All", "RoleManagement.Read.Directory"]);
        tenant.grant("outlook", &["Exchange.ManageAsApp"]);
        let organization = json!({"id": TENANT, "displayName": "Contoso", "createdDateTime": "2019-03-01T08:00:00Z",
            "technicalNotificationMails": ["noc@contoso.com"], "marketingNotificationEmails": [],
            "securityComplianceNotificationMails": [], "securityComplianceNotificationPhones": [], "privacyProfile": null});
        tenant.answer(ORGANIZATION, 200, json!({"value": [organization]}));
        tenant
    }

    pub(super) fn grant(&self, scope: &'static str, permissions: &[&'static str]) {
        self.0.lock().unwrap().permissions.insert(scope, permissions.to_vec());
    }

    /// No token for a scope.
    pub(super) fn refuse(&self, scope: &'static str) {
        self.0.lock().unwrap().refused.push(scope);
    }

    pub(super) fn answer(&self, name: &str, status: u16, body: Value) {
        self.0.lock().unwrap().answers.insert(name.to_owned(), (status, body));
    }

    pub(super) fn list(&self, name: &str, items: &[Value]) {
        self.answer(name, 200, json!({"value": items}));
    }

    /// What was asked, in the order of asking.
    pub(super) fn asked(&self) -> Vec<String> {
        self.0.lock().unwrap().asked.clone()
    }

    /// The parameters with which a cmdlet was called.
    pub(super) fn parameters(&self, cmdlet: &str) -> Vec<Value> {
        let calls = self.0.lock().unwrap().parameters.clone();
        calls.iter().filter(|call| call["CmdletName"] == cmdlet).map(|call| call["Parameters"].clone()).collect()
    }

    fn find(&self, name: String) -> (u16, Value) {
        let mut inner = self.0.lock().unwrap();
        let found = inner.answers.get(&name).cloned();
        inner.asked.push(name);
        found.unwrap_or_else(|| (200, json!({"value": []})))
    }

    fn handle(&self, request: &Request<Bytes>) -> (u16, String) {
        let uri = request.uri();
        let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
        let path = uri.path();
        if path.ends_with("/oauth2/v2.0/token") {
            return self.token(&String::from_utf8_lossy(request.body()));
        }
        let (status, answer) = match uri.host().unwrap() {
            "graph.microsoft.com" if path.ends_with("/$batch") => {
                let responses = body["requests"].as_array().unwrap().iter().map(|item| {
                    let (status, body) = self.find(name(item["url"].as_str().unwrap()));
                    json!({"id": item["id"], "status": status, "headers": {}, "body": body})
                });
                (200, json!({"responses": responses.collect::<Vec<_>>()}))
            }
            "graph.microsoft.com" => self.find(name(path.trim_start_matches("/v1.0"))),
            "outlook.office365.com" if path.ends_with("/$batch") => {
                self.find("$batch".to_owned());
                let responses = body["requests"].as_array().unwrap().iter().map(|item| {
                    let (status, body) = self.find(cmdlet(&item["body"]));
                    json!({"id": item["id"], "status": status, "headers": {}, "body": body})
                });
                (200, json!({"responses": responses.collect::<Vec<_>>()}))
            }
            "outlook.office365.com" => {
                self.0.lock().unwrap().parameters.push(body["CmdletInput"].clone());
                self.find(cmdlet(&body))
            }
            "api.partnercenter.microsoft.com" => self.find("partner".to_owned()),
            _ => self.find("billing".to_owned()),
        };
        (status, if answer.is_null() { "\0\0\0".to_owned() } else { answer.to_string() })
    }

    fn token(&self, form: &str) -> (u16, String) {
        let inner = self.0.lock().unwrap();
        if inner.refused.iter().any(|scope| form.contains(scope)) {
            let text =
                json!({"error": "invalid_resource", "error_description": "AADSTS500011: x", "error_codes": [500_011]});
            return (400, text.to_string());
        }
        let held = inner.permissions.iter().find(|(scope, _)| form.contains(**scope));
        (200, token_with(held.map_or(&[], |(_, held)| held)))
    }

    pub(super) fn survey(&self) -> TenantSurvey {
        let ports = Ports { transport: Arc::new(self.clone()), ..ports(&Script::new()) };
        let (identity, policy) = (Identity { tenant: TENANT, client_id: CLIENT }, RetryPolicy::default());
        let secret = Credential::Secret("the-secret".to_owned().into());
        let tokens = TokenProvider::new(ports.clone(), policy.clone(), &endpoints(), identity, Arc::new(secret));
        let tokens = Arc::new(tokens);
        let services = Services::through(Cloud::Global, &endpoints(), |base, path, scope| {
            let base = base.join(path)?;
            let sender = Sender::new(ports.clone(), Arc::clone(&tokens), scope, base, policy.clone());
            Ok::<_, url::ParseError>(Arc::new(sender))
        });
        let services = services.unwrap();
        let names = Arc::clone(&self.0.lock().unwrap().names);
        TenantSurvey::new(TENANT, services, Arc::new(FixedClock::at("2026-11-25T10:00:00Z")), names)
    }

    /// What listings give.
    pub(super) async fn read(&self) -> Result<Landscape, TenantError> {
        let mut landscape = Landscape::default();
        self.survey().listings(&mut landscape).await?;
        Ok(landscape)
    }

    /// What listings give, and then these details.
    pub(super) async fn read_with(&self, wanted: &[Wanted]) -> Landscape {
        let survey = self.survey();
        let mut landscape = Landscape::default();
        survey.listings(&mut landscape).await.unwrap();
        survey.details(&wanted.iter().cloned().collect(), &mut landscape).await.unwrap();
        landscape
    }
}

fn name(path: &str) -> String {
    path.split('?').next().unwrap_or_default().trim_start_matches('/').to_owned()
}

fn cmdlet(body: &Value) -> String {
    let input = &body["CmdletInput"];
    let name = input["CmdletName"].as_str().unwrap();
    let parameters = &input["Parameters"];
    if parameters["SoftDeletedMailbox"] == json!(true) {
        return format!("{name} deleted");
    }
    if parameters.get("StartingRecipientAddress").is_some() {
        return format!("{name} more");
    }
    match parameters.get("Identity").or(parameters.get("Mailbox")).and_then(Value::as_str) {
        Some(identity) => match parameters["LinkType"].as_str() {
            Some(link) => format!("{name} {link} {identity}"),
            None if name == "Get-InboxRule" && parameters.get("IncludeHidden").is_none() => {
                format!("{name} shown {identity}")
            }
            None => format!("{name} {identity}"),
        },
        None => name.to_owned(),
    }
}

impl Transport for Tenant {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        let (status, body) = self.handle(&request);
        Box::pin(async move { Ok(Response::builder().status(status).body(Body::full(body)).unwrap()) })
    }
}
