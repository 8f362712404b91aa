//! A Graph request and answer, free of HTTP, so that a batch item is the same as a request of its own.
//!
//! Invariant: path segments are percent-decoded exactly once.

use bytes::Bytes;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

/// What a client asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct GraphRequest {
    pub(crate) method: String,
    /// Scheme and host the client used; next links point there.
    pub(crate) origin: String,
    /// `v1.0` or `beta`.
    pub(crate) version: String,
    /// Path after the version as sent, without query.
    pub(crate) path: String,
    pub(crate) segments: Vec<String>,
    /// Decoded query options in order.
    pub(crate) query: Vec<(String, String)>,
    /// Header names are lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

/// The answer's body.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Content {
    #[default]
    Empty,
    Json(Value),
    Text(String),
}

/// What the service says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) content: Content,
}

impl Answer {
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self { status, headers: Vec::new(), content: Content::Json(body) }
    }

    /// 204.
    pub(crate) fn none() -> Self {
        Self { status: 204, ..Self::default() }
    }
}

impl GraphRequest {
    /// Splits a path (from its version on) and query string; `None` when the path has no known version.
    pub(crate) fn parse(method: &str, origin: &str, path: &str, query: &str) -> Option<Self> {
        let (version, rest) =
            path.trim_start_matches('/').split_once('/').unwrap_or((path.trim_start_matches('/'), ""));
        // `beta` answers as v1.0 does: clients such as Terraform's azuread mix both (simulator's choice).
        if !matches!(version, "v1.0" | "beta") {
            return None;
        }
        Some(Self {
            method: method.to_owned(),
            origin: origin.to_owned(),
            version: version.to_owned(),
            path: format!("/{rest}"),
            segments: segments(rest),
            query: pairs(query),
            ..Self::default()
        })
    }

    /// A request to another service, whose paths begin with `root` in any case of letters.
    pub(crate) fn below(root: &str, method: &str, origin: &str, path: &str, query: &str) -> Option<Self> {
        let path = path.trim_start_matches('/');
        let begins = path.get(..root.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(root));
        let rest = path.get(root.len()..).filter(|_| begins)?.strip_prefix('/')?;
        let decode = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
        Some(Self {
            method: method.to_owned(),
            origin: origin.to_owned(),
            version: root.to_owned(),
            path: format!("/{rest}"),
            segments: rest.split('/').filter(|part| !part.is_empty()).map(decode).collect(),
            query: pairs(query),
            ..Self::default()
        })
    }

    /// A query option, with or without its `$`.
    pub(crate) fn option(&self, name: &str) -> Option<&str> {
        let bare = name.trim_start_matches('$');
        let same = |key: &str| key.trim_start_matches('$').eq_ignore_ascii_case(bare);
        self.query.iter().find(|(key, _)| same(key)).map(|(_, value)| value.as_str())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// `ConsistencyLevel: eventual`.
    pub(crate) fn is_eventual(&self) -> bool {
        self.header("consistencylevel").is_some_and(|value| value.eq_ignore_ascii_case("eventual"))
    }

    /// This request's own URL with one option set and others removed: for next and delta links.
    pub(crate) fn link(&self, set: (&str, &str), remove: &[&str]) -> String {
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let mut url = format!("{}/{}{}", self.origin, self.version, self.path);
        let mut separator = '?';
        for (key, value) in &self.query {
            if remove.iter().all(|name| !key.eq_ignore_ascii_case(name)) && !key.eq_ignore_ascii_case(set.0) {
                url.extend([separator.to_string(), key.clone(), "=".to_owned(), encode(value)]);
                separator = '&';
            }
        }
        url + &format!("{separator}{}={}", set.0, encode(set.1))
    }

    pub(crate) fn host(&self) -> &str {
        self.origin.split_once("://").map_or("", |(_, host)| host)
    }

    /// The operation's name for statistics and faults, as `GET users/{id}`.
    pub(crate) fn operation(&self) -> String {
        let mut name = self.method.clone();
        let mut separator = ' ';
        for segment in &self.segments {
            name.push(separator);
            name.push_str(if is_name(segment) { segment } else { "{id}" });
            separator = '/';
        }
        name
    }
}

/// Segment words of the API; whatever else stands in a path is an id.
const NAMES: &[&str] = &[
    "users",
    "delta",
    "licenseDetails",
    "assignLicense",
    "manager",
    "memberOf",
    "transitiveMemberOf",
    "organization",
    "domains",
    "subscribedSkus",
    "groups",
    "members",
    "transitiveMembers",
    "owners",
    "$ref",
    "$count",
    "$batch",
    "microsoft.graph.user",
    "microsoft.graph.group",
    "microsoft.graph.servicePrincipal",
    "microsoft.graph.directoryRole",
    "directoryRoles",
    "directoryRoleTemplates",
    "roleManagement",
    "directory",
    "roleDefinitions",
    "roleAssignments",
    "roleEligibilitySchedules",
    "roleEligibilityScheduleInstances",
    "roleAssignmentSchedules",
    "roleAssignmentScheduleInstances",
    "servicePrincipals",
    "deletedItems",
    "administrativeUnits",
    "scopedRoleMembers",
    "groupLifecyclePolicies",
    "contacts",
    "directReports",
    "ownedObjects",
    "microsoft.graph.administrativeUnit",
    "restore",
    "authentication",
    "methods",
    "emailMethods",
    "phoneMethods",
    "directoryObjects",
    "token",
    "profiles",
    "legalbusiness",
    "billing",
    "support",
    "supportprofile",
    "mpn",
    "billingAccounts",
    "billingProfiles",
    "billingRoleAssignments",
    "billingRoleDefinitions",
    "operationResults",
    "mailFolders",
    "inbox",
    "messages",
    "messageRules",
];

fn is_name(segment: &str) -> bool {
    NAMES.contains(&segment)
}

/// `users('x')` is `users/x`, `delta()` is `delta`, `directoryRoles(roleTemplateId='x')` is
/// `directoryRoles/roleTemplateId=x`.
fn segments(path: &str) -> Vec<String> {
    let mut all = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let mut decoded = percent_decode_str(part).decode_utf8_lossy().into_owned();
        // `graph` is the service's alias of the namespace; the SDKs' casts use it.
        if decoded.starts_with("graph.") {
            decoded.insert_str(0, "microsoft.");
        }
        match decoded.split_once('(').and_then(|(name, rest)| Some((name, rest.strip_suffix(')')?))) {
            Some((name, key)) if !name.is_empty() => {
                all.push(name.to_owned());
                if !key.is_empty() {
                    let (name, value) = key.split_once('=').unwrap_or(("", key));
                    let value = value.trim_matches('\'').replace("''", "'");
                    all.push(if name.is_empty() { value } else { format!("{name}={value}") });
                }
            }
            _ => all.push(decoded),
        }
    }
    all
}

/// Decodes a query string or an `application/x-www-form-urlencoded` body.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    let decode = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').map_or_else(|| (decode(pair), String::new()), |(k, v)| (decode(k), decode(v))))
        .collect()
}
