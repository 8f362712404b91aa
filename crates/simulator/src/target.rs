//! Which service a request is for: all of them answer at the one address.
//!
//! Invariant: told by the path alone; a fault's refusal has the shape of the service it stands for.

use bytes::Bytes;
use http::{HeaderMap, Request};

use crate::{
    billing::{self, error::ArmError},
    exchange::api::{self, error::ExchangeError, request::ExchangeRequest},
    graph::{
        self,
        error::GraphError,
        request::{Answer, GraphRequest},
    },
    partner::{self, error::PartnerError},
    state::State,
};

/// The service a request is for, told by its path.
pub(crate) enum Target {
    Graph(GraphRequest),
    Partner(GraphRequest),
    Billing(GraphRequest),
    Exchange(ExchangeRequest),
    /// Sign-in, discovery, or nothing that exists.
    Outside,
}

/// What a fault script answers instead of the service.
pub(crate) enum Refusal {
    Throttle(Option<String>),
    Status(u16),
}

impl Target {
    pub(crate) fn of(request: &Request<Bytes>, origin: &str, path: &str, query: &str) -> Self {
        let method = request.method().as_str();
        let filled = |mut parsed: GraphRequest| {
            parsed.headers = headers(request.headers());
            parsed.body = request.body().clone();
            parsed
        };
        if ExchangeRequest::concerns(path) {
            let headers = headers(request.headers());
            Self::Exchange(ExchangeRequest::parse(method, origin, path, query, headers, request.body()))
        } else if let Some(graph) = GraphRequest::parse(method, origin, path, query) {
            Self::Graph(filled(graph))
        } else if let Some(partner) = GraphRequest::below(partner::ROOT, method, origin, path, query) {
            Self::Partner(filled(partner))
        } else if let Some(billing) = billing::parse(method, origin, path, query) {
            Self::Billing(filled(billing))
        } else {
            Self::Outside
        }
    }

    /// The operation's name for statistics and faults.
    pub(crate) fn operation(&self, request: &Request<Bytes>) -> String {
        match self {
            Self::Graph(request) | Self::Partner(request) | Self::Billing(request) => request.operation(),
            Self::Exchange(request) => request.operation(),
            Self::Outside => {
                let last = request.uri().path().rsplit('/').next();
                format!("{} {}", request.method(), last.unwrap_or_default())
            }
        }
    }

    /// The refusal in the service's own shape.
    pub(crate) fn refuse(&self, state: &mut State, refusal: Refusal) -> Answer {
        match (self, refusal) {
            (Self::Partner(request), Refusal::Throttle(after)) => {
                partner::fault(state, request, PartnerError::Throttled(after))
            }
            (Self::Partner(request), Refusal::Status(status)) => {
                partner::fault(state, request, PartnerError::server(status))
            }
            (Self::Billing(_), Refusal::Throttle(after)) => billing::fault(state, ArmError::throttled(after)),
            (Self::Billing(_), Refusal::Status(status)) => billing::fault(state, ArmError::server(status)),
            (Self::Exchange(_), Refusal::Throttle(after)) => {
                api::fault(state, &ExchangeError::throttled(after.as_deref()))
            }
            (Self::Exchange(_), Refusal::Status(status)) => api::fault(state, &ExchangeError::server(status)),
            (Self::Graph(request), refusal) => graph::fault(state, request, refusal.graph()),
            (Self::Outside, refusal) => graph::fault(state, &GraphRequest::default(), refusal.graph()),
        }
    }
}

impl Refusal {
    fn graph(self) -> GraphError {
        match self {
            Self::Throttle(after) => GraphError::throttled(after.as_deref()),
            Self::Status(status) => GraphError::server(status),
        }
    }
}

fn headers(map: &HeaderMap) -> Vec<(String, String)> {
    map.iter().filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))).collect()
}
