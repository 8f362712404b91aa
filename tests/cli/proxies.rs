//! Proxies of the environment, and the real binary: what goes to this machine goes round them, what goes to the world goes
//! through them, but for what `NO_PROXY` names, and nothing goes to a proxy in plain text.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use testkit::cli::{binary, office::Office, small};

/// Notes the first line of everything that comes, and lets nothing through.
struct Proxy {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn open() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let (address, seen) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<String>>>::default());
        let noted = Arc::clone(&seen);
        thread::spawn(move || listener.incoming().flatten().for_each(|stream| note(stream, &noted)));
        Self { address, seen }
    }

    /// The variables that lead to it, in both spellings.
    fn environment(&self) -> Vec<(String, String)> {
        let url = format!("http://{}", self.address);
        let names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];
        names
            .iter()
            .flat_map(|name| [(*name).to_owned(), name.to_lowercase()])
            .map(|name| (name, url.clone()))
            .collect()
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

fn note(stream: TcpStream, seen: &Mutex<Vec<String>>) {
    // One that says nothing holds up nobody for long.
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line).is_ok() {
        seen.lock().unwrap().push(line.trim_end().to_owned());
    }
    let _ = reader.get_mut().write_all(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
}

#[test]
fn b4_what_goes_to_this_machine_goes_round_every_proxy() {
    let (office, folder, proxy) = (Office::open(small::SEED), small::folder("proxied"), Proxy::open());
    let arguments = office.verb("plan", &folder, &["-o", "json"]);
    let straight = binary::call(&arguments);
    let proxied = binary::call_with(&arguments, proxy.environment());
    assert_eq!(proxied, straight);
    assert!(!straight.out.is_empty(), "{straight:#?}");
    let embedded = binary::call_with(["explain", "--simulate", "-o", "json"], proxy.environment());
    assert!(embedded.out.contains("ServiceAndTechnical"), "{embedded:#?}");
    assert_eq!(proxy.seen(), [""; 0]);
}

#[test]
fn b4_the_world_is_reached_through_the_proxy_but_for_what_no_proxy_names() {
    let (folder, proxy) = (small::folder("through_a_proxy"), Proxy::open());
    let manifests = folder.manifests();
    // Names that no resolver knows: nothing of this test leaves the machine.
    let mut arguments: Vec<std::ffi::OsString> = vec!["plan".into(), "--manifests".into(), manifests.into()];
    for service in ["login", "graph"] {
        arguments.push(format!("--{service}-endpoint").into());
        arguments.push(format!("https://{service}.invalid/").into());
    }
    let tunnels = |seen: Vec<String>| seen.iter().filter(|line| **line == "CONNECT login.invalid:443 HTTP/1.1").count();

    let _ = binary::call_with(&arguments, proxy.environment());
    let through = tunnels(proxy.seen());
    assert!(through > 0, "{:?}", proxy.seen());
    assert!(proxy.seen().iter().all(|line| line.starts_with("CONNECT ")), "{:?}", proxy.seen());

    let round = ("NO_PROXY".to_owned(), "other.example,.invalid".to_owned());
    let answer = binary::call_with(&arguments, proxy.environment().into_iter().chain([round]));
    assert_eq!(tunnels(proxy.seen()), through, "{answer:#?}");
}
