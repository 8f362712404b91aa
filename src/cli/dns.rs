//! The argument that says whether DNS is asked, and whom.

use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
    sync::Arc,
};

use tenant_contacts_probe::{MailExchangers, Resolver, ServersError};

use crate::survey::NotAsked;

/// Whether DNS is asked who takes the mail of domains.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Dns {
    /// Ask DNS which domains outside take mail, and what takes that of the tenant's own domains before Exchange Online does: the
    /// servers of this machine, or the one at ADDRESS:PORT. They learn which domains the tenant writes to. Without it nothing is
    /// asked, and that stays unknown.
    #[arg(long, value_name = "system|ADDRESS:PORT")]
    pub dns: Option<DnsServer>,
}

/// Which DNS servers are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DnsServer {
    /// Those that this machine asks.
    System,
    /// This one. It has to look up the names of others.
    At(SocketAddr),
}

/// The text says neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DnsServerError {
    /// Neither word nor address. A server's name is none either: it would have to be looked up first.
    #[error("neither `system` nor the address and port of a DNS server, such as 192.0.2.53:53 or [2001:db8::53]:53")]
    Neither,
    /// Port 0.
    #[error("no server listens on port 0; that of DNS is 53")]
    Port,
}

/// The port of DNS, for an address without one.
const PORT: u16 = 53;

impl FromStr for DnsServer {
    type Err = DnsServerError;

    fn from_str(text: &str) -> Result<Self, DnsServerError> {
        if text == "system" {
            return Ok(Self::System);
        }
        let at = text.parse::<SocketAddr>().or_else(|_| text.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, PORT)));
        match at {
            Ok(at) if at.port() == 0 => Err(DnsServerError::Port),
            Ok(at) => Ok(Self::At(at)),
            Err(_) => Err(DnsServerError::Neither),
        }
    }
}

impl Dns {
    /// Who says which domains take mail. Nothing is asked yet.
    pub fn mail_exchangers(&self) -> Result<Arc<dyn MailExchangers>, ServersError> {
        Ok(match self.dns {
            None => Arc::new(NotAsked),
            Some(DnsServer::System) => Arc::new(Resolver::system()?),
            Some(DnsServer::At(server)) => Arc::new(Resolver::at(server)),
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use tenant_contacts_core::model::Fact;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        dns: Dns,
    }

    fn parsed(arguments: &[&str]) -> Result<Option<DnsServer>, String> {
        let line = Line::try_parse_from(["test"].iter().chain(arguments)).map_err(|error| error.to_string())?;
        Ok(line.dns.dns)
    }

    #[test]
    fn dns_is_asked_at_the_system_or_at_an_address_and_otherwise_not_at_all() {
        assert_eq!(parsed(&[]), Ok(None));
        assert_eq!(parsed(&["--dns", "system"]), Ok(Some(DnsServer::System)));
        for (text, at) in [
            ("192.0.2.53:5353", "192.0.2.53:5353"),
            ("[2001:db8::53]:53", "[2001:db8::53]:53"),
            ("192.0.2.53", "192.0.2.53:53"),
            ("2001:db8::53", "[2001:db8::53]:53"),
        ] {
            assert_eq!(parsed(&["--dns", text]), Ok(Some(DnsServer::At(at.parse().unwrap()))), "{text}");
        }
    }

    #[test]
    fn what_is_no_server_is_refused_with_an_example_of_one() {
        for text in
            ["", "System", "dns.example", "dns.example:53", "192.0.2.53:", "192.0.2.53:65536", "https://192.0.2.53"]
        {
            let error = parsed(&["--dns", text]).unwrap_err();
            assert!(error.contains("--dns") && (text.is_empty() || error.contains("192.0.2.53:53")), "{error}");
        }
        assert!(parsed(&["--dns", "192.0.2.53:0"]).unwrap_err().contains("port 0"));
        assert!(parsed(&["--dns"]).is_err());
    }

    #[tokio::test]
    async fn g1_what_was_not_asked_says_how_to_have_it_asked() {
        let nobody = Dns::default().mail_exchangers().unwrap();
        let Fact::Unknown(why) = nobody.hosts("fabrikam.com").await else { panic!("asked") };
        assert!(why.to_string().contains("--dns"), "{why}");
        assert!(!why.to_string().contains("fabrikam"), "{why}");
    }
}
