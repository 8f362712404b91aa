//! The server on a real socket, with a client that knows nothing of the simulator.

use crate::support::{CLIENT, TENANT, options, simulator};
use serde_json::{Value, json};
use tenant_contacts_simulator::{Seed, Simulator, Tls};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

struct Served {
    simulator: Simulator,
    base: String,
    http: reqwest::Client,
    token: String,
    stop: oneshot::Sender<()>,
    server: JoinHandle<std::io::Result<()>>,
}

/// A client that trusts one authority and no other.
fn trusting(ca_pem: &str) -> reqwest::Client {
    let authority = reqwest::Certificate::from_pem(ca_pem.as_bytes()).unwrap();
    reqwest::Client::builder().tls_certs_only([authority]).build().unwrap()
}

async fn serve() -> Served {
    serve_with(None, reqwest::Client::new).await
}

async fn serve_with(tls: Option<Tls>, client: impl FnOnce() -> reqwest::Client) -> Served {
    // One provider for the process; a second call in the same process reports that it is there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let simulator = simulator(&Seed::minimal(), options());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let scheme = if tls.is_some() { "https" } else { "http" };
    let base = format!("{scheme}://{}", listener.local_addr().unwrap());
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(simulator.clone().serve(listener, tls, async {
        let _ = stopped.await;
    }));
    let http = client();
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

/// HTTPS with the simulator's own authority: next links stay on https, resets are resets; who does not trust the
/// authority, or asks for another name, does not get in.
#[tokio::test]
async fn a_client_over_https() {
    let tls = Tls::generate().unwrap();
    let ca = tls.ca_pem().to_owned();
    let served = serve_with(Some(tls), || trusting(&ca)).await;
    let users = format!("{}/v1.0/users?$top=1", served.base);
    let page: Value = served.http.get(&users).bearer_auth(&served.token).send().await.unwrap().json().await.unwrap();
    let next = page["@odata.nextLink"].as_str().unwrap();
    assert!(next.starts_with(&format!("{}/", served.base)), "{next}");
    assert_eq!(served.http.get(next).bearer_auth(&served.token).send().await.unwrap().status(), 200);

    served.simulator.set_faults("1:reset-before".parse().unwrap());
    let http = reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(ca.as_bytes()).unwrap()])
        .pool_max_idle_per_host(0)
        .retry(reqwest::retry::never())
        .build()
        .unwrap();
    assert!(http.get(&users).bearer_auth(&served.token).send().await.is_err());

    let port = served.base.rsplit(':').next().unwrap();
    let localhost = format!("https://localhost:{port}/_sim/statistics");
    assert_eq!(served.http.get(localhost).send().await.unwrap().status(), 200);
    // The same server by a name that is not in its certificate.
    let address = served.base.trim_start_matches("https://").parse().unwrap();
    let renamed = reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(ca.as_bytes()).unwrap()])
        .resolve("graph.example", address)
        .build()
        .unwrap();
    let refused = renamed.get(format!("https://graph.example:{port}/_sim/statistics")).send().await.unwrap_err();
    assert!(format!("{refused:?}").contains("NotValidForName"), "{refused:?}");
    let stranger = trusting(Tls::generate().unwrap().ca_pem());
    let refused = stranger.get(format!("{}/_sim/statistics", served.base)).send().await.unwrap_err();
    assert!(refused.is_connect(), "{refused:?}");
}

/// A client that keeps its connection open does not hold up the end.
#[tokio::test]
async fn idle_connections_close_at_once() {
    for tls in [None, Some(Tls::generate().unwrap())] {
        let ca = tls.as_ref().map(|tls| tls.ca_pem().to_owned());
        let served = serve_with(tls, || ca.map_or_else(reqwest::Client::new, |ca| trusting(&ca))).await;
        // `serve_with` asked for a token; the pool keeps that connection.
        let Served { stop, server, http, .. } = served;
        stop.send(()).unwrap();
        // Half of the two seconds that requests in hand would get.
        tokio::time::timeout(std::time::Duration::from_secs(1), server).await.expect("closed").unwrap().unwrap();
        drop(http);
    }
}

/// Sends bytes on a connection of its own and reads what comes until the other end closes it.
async fn raw(base: &str, bytes: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(base.split("://").nth(1).unwrap()).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A reset is an end too.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// A connection on which half a request arrives, or nothing, ends; time passes by itself while nothing else happens.
#[tokio::test(start_paused = true)]
async fn b10_half_open_connections_end() {
    for tls in [None, Some(Tls::generate().unwrap())] {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let encrypted = tls.is_some();
        let server = tokio::spawn(simulator(&Seed::minimal(), options()).serve(listener, tls, std::future::pending()));
        let halves = ["", "GET /v1.0/users HTT", "POST /x HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf"];
        for half in halves.iter().take(if encrypted { 1 } else { halves.len() }) {
            let begun = tokio::time::Instant::now();
            raw(&base, half).await;
            let took = begun.elapsed();
            assert!((60..=300).contains(&took.as_secs()), "{half:?} was held for {took:?}");
        }
        server.abort();
    }
}

/// `/_sim` has no password: it answers to the address that it printed, and to no page of another origin.
#[tokio::test]
async fn b10_the_admin_surface_answers_to_its_own_name() {
    let served = serve().await;
    let port = served.base.rsplit(':').next().unwrap();
    for (headers, status) in [
        (format!("host: 127.0.0.1:{port}"), 200),
        (format!("host: localhost:{port}"), 200),
        (format!("host: 127.0.0.1:{port}\r\norigin: http://127.0.0.1:{port}"), 200),
        // A name that somebody made to point here.
        (format!("host: rebound.example:{port}"), 403),
        ("host: 192.0.2.1".to_owned(), 403),
        (format!("host: 127.0.0.1:{port}\r\norigin: https://evil.example"), 403),
        (format!("host: 127.0.0.1:{port}\r\norigin: null"), 403),
        (format!("host: localhost:{port}\r\norigin: http://localhost:1"), 403),
    ] {
        for path in ["/_sim/truth", "/_sim/statistics"] {
            let answer =
                raw(&served.base, &format!("GET {path} HTTP/1.1\r\n{headers}\r\nconnection: close\r\n\r\n")).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{headers}: {answer}");
            assert!(status == 200 || !answer.contains("contoso"), "{answer}");
        }
    }
}
