//! Which DNS servers are asked.

use std::{
    io::{self, Read as _},
    net::{IpAddr, SocketAddr},
};

/// Where Unix systems say which servers to ask (resolv.conf(5)).
const SYSTEM_FILE: &str = "/etc/resolv.conf";

/// Most bytes read of that file: no real one comes near it.
const LARGEST_FILE: u64 = 64 * 1024;

/// Most servers taken from that file: the system's own resolver takes three (`MAXNS` in resolv.conf(5)).
const MOST_SERVERS: usize = 3;

/// The port of DNS.
const PORT: u16 = 53;

/// It is not known which servers to ask.
#[derive(Debug, thiserror::Error)]
pub enum ServersError {
    /// The file could not be read.
    #[error(
        "{SYSTEM_FILE}, which names this machine's DNS servers, could not be read; name a server by address and port"
    )]
    Read(#[source] io::Error),
    /// The file names none.
    #[error("{SYSTEM_FILE} has no line \"nameserver ADDRESS\"; name a DNS server by address and port")]
    None,
}

/// The servers that this machine asks.
pub(crate) fn system() -> Result<Box<[SocketAddr]>, ServersError> {
    let file = std::fs::File::open(SYSTEM_FILE).map_err(ServersError::Read)?;
    let mut bytes = Vec::new();
    file.take(LARGEST_FILE).read_to_end(&mut bytes).map_err(ServersError::Read)?;
    of_text(&String::from_utf8_lossy(&bytes))
}

fn of_text(text: &str) -> Result<Box<[SocketAddr]>, ServersError> {
    let servers: Box<[SocketAddr]> = text
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            (words.next() == Some("nameserver")).then(|| words.next()).flatten()
        })
        .filter_map(server)
        .take(MOST_SERVERS)
        .collect();
    if servers.is_empty() { Err(ServersError::None) } else { Ok(servers) }
}

/// An address, perhaps with the number of an interface (`fe80::1%2`). One that names its interface is left out: only the
/// system can say which that is.
fn server(text: &str) -> Option<SocketAddr> {
    let plain = text.parse::<IpAddr>().map(|address| SocketAddr::new(address, PORT));
    plain.ok().or_else(|| format!("[{text}]:{PORT}").parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_first_three_servers_are_asked_in_their_order() {
        let text = "# nameserver 192.0.2.9\nsearch corp.example\nnameserver 192.0.2.1\n\tnameserver\t2001:db8::1 # second\n\
                    nameserver not-an-address\nnameserver fe80::1%eth0\nnameserver\nnameserver fe80::1%2\n\
                    nameserver 192.0.2.4\noptions ndots:5\n";
        let expected: Vec<SocketAddr> =
            ["192.0.2.1:53", "[2001:db8::1]:53", "[fe80::1%2]:53"].iter().map(|text| text.parse().unwrap()).collect();
        assert_eq!(*of_text(text).unwrap(), *expected);
    }

    #[test]
    fn a_file_without_a_server_says_what_to_do() {
        for text in ["", "search corp.example\n", "nameserver one.example\n", "\0\u{fffd}"] {
            let error = of_text(text).unwrap_err().to_string();
            assert!(error.contains("/etc/resolv.conf") && error.contains("name a DNS server"), "{error}");
        }
    }
}
