//! The admin port: `/livez`, `/readyz`, `/metrics`. None of them asks anything of the tenant: a service that is down must
//! not have the operator restarted.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::get,
};
use tenant_contacts_engine::port::Clock as _;
use tokio::net::TcpListener;

use super::{
    declared::Declared,
    metrics::{Heartbeat, Metrics},
};
use crate::world::ProcessClock;

/// What the admin port answers from.
#[derive(Clone)]
pub struct Admin {
    /// What is declared: once it was all listed, the operator is ready. One that stands by is ready too.
    pub declared: Arc<Declared>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Beats as long as the lease is attended to.
    pub heartbeat: Heartbeat,
    /// How long it may stay away.
    pub patience: Duration,
    /// Time.
    pub clock: ProcessClock,
}

/// Binds the port.
pub async fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address).await
}

/// Serves until dropped.
pub async fn serve(listener: TcpListener, admin: Admin) {
    let router = Router::new()
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(admin);
    if let Err(error) = axum::serve(listener, router).await {
        tracing::error!(%error, "the admin port failed");
    }
}

async fn livez(State(admin): State<Admin>) -> Response {
    let age = admin.heartbeat.age(admin.clock.monotonic());
    if age <= admin.patience {
        (StatusCode::OK, "ok\n").into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, format!("no heartbeat for {} s\n", age.as_secs())).into_response()
    }
}

async fn readyz(State(admin): State<Admin>) -> Response {
    let awaited = admin.declared.awaited();
    if awaited.is_empty() {
        (StatusCode::OK, "ok\n").into_response()
    } else {
        let why = "not everything declared was listed yet: are the CustomResourceDefinitions installed, and may the \
                   operator list them in every namespace it serves?";
        (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n{}\n", awaited.join("\n"))).into_response()
    }
}

async fn metrics(State(admin): State<Admin>) -> Response {
    match admin.metrics.text() {
        Ok(text) => {
            ([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
