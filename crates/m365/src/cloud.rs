//! National clouds and the hosts of their services.
//!
//! Invariant: an [`Endpoints`] value only ever holds `https` addresses, or plain `http` on a loopback *address* when it
//! was overridden explicitly. Everything that decides whether a token may be sent somewhere goes through [`Origin`].

use std::fmt;

use url::{Host, Url};

use crate::observe::Service;

/// A Microsoft cloud. Tokens are not interchangeable between them.
///
/// Source: Microsoft Graph "National cloud deployments" (2025-01-30) and the Exchange admin API's getting-started page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cloud {
    /// The worldwide service, US Government GCC included.
    Global,
    /// US Government L4.
    GccHigh,
    /// US Government L5 (Department of Defense).
    Dod,
    /// China, operated by 21Vianet.
    China,
}

impl Cloud {
    /// Every cloud.
    pub const ALL: [Self; 4] = [Self::Global, Self::GccHigh, Self::Dod, Self::China];

    /// Host that issues tokens.
    pub const fn login_host(self) -> &'static str {
        match self {
            Self::Global => "login.microsoftonline.com",
            Self::GccHigh | Self::Dod => "login.microsoftonline.us",
            Self::China => "login.chinacloudapi.cn",
        }
    }

    /// Host of Microsoft Graph.
    pub const fn graph_host(self) -> &'static str {
        match self {
            Self::Global => "graph.microsoft.com",
            Self::GccHigh => "graph.microsoft.us",
            Self::Dod => "dod-graph.microsoft.us",
            Self::China => "microsoftgraph.chinacloudapi.cn",
        }
    }

    /// Host of Exchange Online's administration interface.
    pub const fn exchange_host(self) -> &'static str {
        match self {
            Self::Global => "outlook.office365.com",
            Self::GccHigh => "outlook.office365.us",
            Self::Dod => "outlook-dod.office365.us",
            Self::China => "outlook.office365.cn",
        }
    }

    /// Host of Partner Center's REST API. Its documentation (2021) names two; whether US Government clouds have one is not
    /// known, and none is asked there.
    pub const fn partner_host(self) -> Option<&'static str> {
        match self {
            Self::Global => Some("api.partnercenter.microsoft.com"),
            Self::China => Some("partner.partnercenterapi.microsoftonline.cn"),
            Self::GccHigh | Self::Dod => None,
        }
    }

    /// Host of Azure Resource Manager, where billing accounts are (the Azure SDKs' table of clouds).
    pub const fn arm_host(self) -> &'static str {
        match self {
            Self::Global => "management.azure.com",
            Self::GccHigh | Self::Dod => "management.usgovcloudapi.net",
            Self::China => "management.chinacloudapi.cn",
        }
    }

    /// What a token for Microsoft Graph is asked for. It names the cloud's real host even where endpoints are
    /// overridden: the scope is a name, not an address.
    pub fn graph_scope(self) -> Scope {
        Scope::of(Service::Graph, self.graph_host())
    }

    /// What a token for Exchange Online is asked for.
    pub fn exchange_scope(self) -> Scope {
        Scope::of(Service::Exchange, self.exchange_host())
    }

    /// What a token for Partner Center is asked for, as an application alone. That it is the host's name is general knowledge
    /// and not verified; the documentation of 2021 has another, older way. `None` where the host is not known.
    pub fn partner_scope(self) -> Option<Scope> {
        self.partner_host().map(|host| Scope::of(Service::Partner, host))
    }

    /// What a token for Azure Resource Manager is asked for.
    pub fn arm_scope(self) -> Scope {
        Scope::of(Service::Billing, self.arm_host())
    }

    /// The cloud's real endpoints.
    pub fn endpoints(self) -> Result<Endpoints, EndpointError> {
        let service = |host: &str| accept(Url::parse(&format!("https://{host}/")).ok());
        Ok(Endpoints {
            login: service(self.login_host())?,
            graph: service(self.graph_host())?,
            exchange: service(self.exchange_host())?,
            partner: self.partner_host().map(service).transpose()?,
            arm: service(self.arm_host())?,
        })
    }
}

/// The `scope` parameter of a token request: a resource and `/.default`; and the service that it is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scope {
    service: Service,
    text: String,
}

impl Scope {
    fn of(service: Service, host: &str) -> Self {
        Self { service, text: format!("https://{host}/.default") }
    }

    /// The text as it goes into the token request.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The service. An address does not tell it: where endpoints are overridden, several services have one.
    pub(crate) fn service(&self) -> Service {
        self.service
    }
}

/// The version of Microsoft Graph that is spoken, as a path below its base address.
pub const GRAPH_VERSION: &str = "v1.0/";

/// Where the services of a tenant are reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    login: Url,
    graph: Url,
    exchange: Url,
    partner: Option<Url>,
    arm: Url,
}

/// Why an address cannot be an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// Not a URL with a host.
    #[error("not an absolute URL with a host")]
    NotAUrl,
    /// Plain text to another machine would hand over credentials.
    #[error("plain http is accepted for a loopback address (127.0.0.1, [::1]) only")]
    PlainHttp,
    /// User name, password, query or fragment in the address.
    #[error("an endpoint is scheme, host, port and path, nothing else")]
    Extra,
}

impl Endpoints {
    /// Endpoints other than Microsoft's own. Only an operator's command line may call this: an address out of a
    /// manifest would let whoever writes manifests collect tokens. Partner Center and Azure Resource Manager are where Graph
    /// is: what stands in for one stands in for all.
    pub fn overridden(login: Url, graph: Url, exchange: Url) -> Result<Self, EndpointError> {
        let graph = accept(Some(graph))?;
        Ok(Self {
            login: accept(Some(login))?,
            exchange: accept(Some(exchange))?,
            partner: Some(graph.clone()),
            arm: graph.clone(),
            graph,
        })
    }

    /// Base address of the token service; ends with a slash.
    pub fn login(&self) -> &Url {
        &self.login
    }

    /// Base address of Microsoft Graph, without a version; ends with a slash.
    pub fn graph(&self) -> &Url {
        &self.graph
    }

    /// Base address of Exchange Online; ends with a slash.
    pub fn exchange(&self) -> &Url {
        &self.exchange
    }

    /// Base address of Partner Center, without a version; ends with a slash. `None` where none is known.
    pub fn partner(&self) -> Option<&Url> {
        self.partner.as_ref()
    }

    /// Base address of Azure Resource Manager; ends with a slash.
    pub fn arm(&self) -> &Url {
        &self.arm
    }
}

fn accept(url: Option<Url>) -> Result<Url, EndpointError> {
    let mut url = url.ok_or(EndpointError::NotAUrl)?;
    let host = url.host().ok_or(EndpointError::NotAUrl)?;
    match url.scheme() {
        "https" => {}
        // A name such as `localhost` is whatever a resolver says it is; an address is not.
        "http" if is_loopback(&host) => {}
        "http" => return Err(EndpointError::PlainHttp),
        _ => return Err(EndpointError::NotAUrl),
    }
    let plain = url.username().is_empty() && url.password().is_none();
    if !plain || url.query().is_some() || url.fragment().is_some() {
        return Err(EndpointError::Extra);
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
        Host::Domain(_) => false,
    }
}

/// Scheme, host and port of a service: the only place its tokens, next links and redirects may go.
#[derive(Clone, PartialEq, Eq)]
pub struct Origin {
    scheme: String,
    host: String,
    port: Option<u16>,
}

impl Origin {
    /// The origin of an address.
    pub fn of(url: &Url) -> Self {
        Self {
            scheme: url.scheme().to_owned(),
            host: url.host_str().unwrap_or_default().to_owned(),
            port: url.port_or_known_default(),
        }
    }

    /// Whether a link stays at this service: same scheme, host and port, and no credentials smuggled into the address.
    pub fn admits(&self, url: &Url) -> bool {
        *self == Self::of(url) && !self.host.is_empty() && url.username().is_empty() && url.password().is_none()
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Origin({}://{}:{:?})", self.scheme, self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn every_cloud_has_https_endpoints_and_scopes_that_name_its_hosts() {
        for cloud in Cloud::ALL {
            let endpoints = cloud.endpoints().unwrap();
            assert_eq!(endpoints.graph().as_str(), format!("https://{}/", cloud.graph_host()));
            assert_eq!(cloud.graph_scope().as_str(), format!("https://{}/.default", cloud.graph_host()));
            assert_eq!(endpoints.login().scheme(), "https");
            assert_eq!(endpoints.arm().as_str(), format!("https://{}/", cloud.arm_host()));
            assert_eq!(endpoints.partner().is_some(), cloud.partner_scope().is_some());
        }
    }

    #[test]
    fn an_override_is_plain_text_on_loopback_addresses_only() {
        let check = |text: &str| Endpoints::overridden(url(text), url(text), url(text)).err();
        assert_eq!(check("http://127.0.0.1:8080"), None);
        assert_eq!(check("http://[::1]:8080/x"), None);
        assert_eq!(check("https://simulator.example:8443"), None);
        assert_eq!(check("http://localhost:8080"), Some(EndpointError::PlainHttp));
        assert_eq!(check("http://127.0.0.1.example:8080"), Some(EndpointError::PlainHttp));
        assert_eq!(check("ftp://127.0.0.1/"), Some(EndpointError::NotAUrl));
        assert_eq!(check("https://u:p@host.example/"), Some(EndpointError::Extra));
        assert_eq!(check("https://host.example/?a=b"), Some(EndpointError::Extra));
    }

    #[test]
    fn an_origin_admits_itself_and_nothing_else() {
        let origin = Origin::of(&url("https://graph.microsoft.com/"));
        assert!(origin.admits(&url("https://graph.microsoft.com:443/v1.0/users?$skiptoken=x")));
        for foreign in [
            "http://graph.microsoft.com/",
            "https://graph.microsoft.com:444/",
            "https://graph.microsoft.com.example/",
            "https://graph.microsoft.us/",
            "https://user@graph.microsoft.com/",
            "file:///etc/passwd",
        ] {
            assert!(!origin.admits(&url(foreign)), "{foreign}");
        }
    }
}
