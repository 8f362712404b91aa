//! The server on a real socket, with a client that knows nothing of the simulator.

// Helpers of tests are test code too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use serde_json::{Value, json};
use support::{CLIENT, TENANT, options, simulator};
use tenant_contacts_simulator::{Seed, Simulator};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

struct Served {
    simulator: Simulator,
    base: String,
    http: reqwest::Client,
    token: String,
    stop: oneshot::Sender<()>,
    server: JoinHandle<std::io::Result<()>>,
}

async fn serve() -> Served {
    // One provider for the process; a second call in the same process reports that it is there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let simulator = simulator(&Seed::minimal(), options());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(simulator.clone().serve(listener, None, async {
        let _ = stopped.await;
    }));
    let http = reqwest::Client::new();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", CLIENT),
        ("client_secret", "minimal-secret"),
        ("scope", &format!("{base}/.default")),
    ];
    let url = format!("{base}/{TENANT}/oauth2/v2.0/token");
    let token: Value = http.post(url).form(&form).send().await.unwrap().json().await.unwrap();
    let token = token["access_token"].as_str().unwrap().to_owned();
    Served { simulator, base, http, token, stop, server }
}

/// Token for the own host, page by page over the given next links, PATCH without body, orderly stop.
#[tokio::test]
async fn a_client_over_http() {
    let served = serve().await;
    let mut url = format!("{}/v1.0/users?$top=1&$select=userPrincipalName", served.base);
    let mut names = Vec::new();
    loop {
        let page: Value = served.http.get(&url).bearer_auth(&served.token).send().await.unwrap().json().await.unwrap();
        names.extend(page["value"].as_array().unwrap().iter().map(|user| user["userPrincipalName"].clone()));
        match page["@odata.nextLink"].as_str() {
            Some(next) => next.clone_into(&mut url),
            None => break,
        }
    }
    assert_eq!(names.len(), 2);
    let bob = format!("{}/v1.0/users/bob%40contoso.com", served.base);
    let reply =
        served.http.patch(&bob).bearer_auth(&served.token).json(&json!({"jobTitle": "x"})).send().await.unwrap();
    assert_eq!(reply.status(), 204);
    assert!(reply.bytes().await.unwrap().is_empty());
    let unsigned = served.http.get(&bob).send().await.unwrap();
    assert_eq!(unsigned.status(), 401);
    assert!(served.simulator.statistics().connections >= 1);
    served.stop.send(()).unwrap();
    served.server.await.unwrap().unwrap();
}

/// Resets are resets: the client sees an error, and the write is there or not as the script says.
#[tokio::test]
async fn faults_over_http() {
    let served = serve().await;
    served.simulator.set_faults("1:reset-before;2:reset-after;3:truncated-body".parse().unwrap());
    let bob = format!("{}/v1.0/users/bob@contoso.com", served.base);
    for written in [0, 1] {
        // A client that would quietly retry on a fresh connection must not: a body makes the request not replayable.
        let http = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap();
        let sent = http.patch(&bob).bearer_auth(&served.token).json(&json!({"jobTitle": "x"})).send().await;
        assert!(sent.is_err());
        assert_eq!(served.simulator.journal(0).len(), written);
    }
    let reply = served.http.get(&bob).bearer_auth(&served.token).send().await.unwrap();
    assert_eq!(reply.status(), 200);
    assert!(reply.bytes().await.is_err());
    let big = served.http.post(format!("{}/v1.0/$batch", served.base)).body(vec![b'x'; 5 * 1024 * 1024]).send().await;
    assert!(big.is_err() || big.unwrap().status() == 413);
}
