//! What stands between the world outside and Exchange Online (DOMAIN E4). Microsoft's notices come from outside.
//!
//! Two know of it: DNS, where it was asked, and whoever declares a gateway. What neither says is taken to be not there, as if
//! nobody had asked: otherwise nothing could be said to arrive without DNS.

use jiff::civil::Date;
use tenant_contacts_api::obstacle::Obstacle;

use crate::{
    answer::{Blockage, Declared, first_few},
    attestation::ATTESTATION_DAYS,
    desired::GatewayClaim,
    landscape::{Landscape, stands_before},
};

/// Names that are written out; more are not read.
const MOST_NAMES: usize = 3;

/// What takes a domain's mail before Exchange Online does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Before<'a> {
    /// Nothing, as far as is known.
    Nothing,
    /// DNS says that mail comes to Exchange Online itself, and these are declared for the domain.
    Bypassed(Vec<&'a GatewayClaim>),
    /// Other hosts take it, and nobody declared what they are.
    Undeclared(Vec<&'a str>),
    /// These: at least one.
    Declared(Vec<&'a GatewayClaim>),
}

/// What takes the mail of a domain (folded) of the organization's before Exchange Online does.
pub(crate) fn before<'a>(landscape: &'a Landscape, declared: &'a Declared, domain: &str) -> Before<'a> {
    if is_initial(landscape, domain) {
        return Before::Nothing;
    }
    let covers =
        |gateway: &&GatewayClaim| gateway.domains.is_empty() || gateway.domains.iter().any(|one| **one == *domain);
    let declared: Vec<&GatewayClaim> = declared.gateways.iter().filter(covers).collect();
    let asked = landscape.mail_exchangers.get(domain).and_then(|fact| fact.present());
    // Without an MX record the domain's own host takes its mail, and a server that knows an inner view of the domain says so too.
    let hosts: Option<Vec<&str>> = asked.filter(|hosts| !hosts.is_empty()).map(|hosts| {
        let others = hosts.iter().filter(|host| stands_before(host));
        others.map(|host| &**host).collect()
    });
    match (hosts, declared.is_empty()) {
        (None, true) => Before::Nothing,
        (Some(hosts), true) if hosts.is_empty() => Before::Nothing,
        (Some(hosts), true) => Before::Undeclared(hosts),
        (Some(hosts), false) if hosts.is_empty() => Before::Bypassed(declared),
        (None | Some(_), false) => Before::Declared(declared),
    }
}

/// Whether it is the domain that the tenant began with: its records are Microsoft's, and nothing can be put before it.
pub(super) fn is_initial(landscape: &Landscape, domain: &str) -> bool {
    let known = landscape.domains.present().and_then(|domains| domains.get(domain));
    known.is_some_and(|domain| domain.initial)
}

impl Before<'_> {
    /// What people call what stands there, and who vouches for it. `None`: nothing stands there.
    pub(super) fn label(&self) -> Option<String> {
        match self {
            Self::Nothing | Self::Bypassed(_) => None,
            Self::Undeclared(hosts) => Some(first_few(hosts, MOST_NAMES)),
            Self::Declared(gateways) => Some(first_few(gateways.iter().map(|gateway| named(gateway)), MOST_NAMES)),
        }
    }

    /// Why it cannot be said what it does with a notice on a day. `None`: somebody has looked.
    pub(super) fn doubt(&self, domain: &str, today: Option<Date>) -> Option<Blockage> {
        let words = match self {
            Self::Nothing | Self::Bypassed(_) => return None,
            Self::Undeclared(hosts) => {
                let hosts = first_few(hosts, MOST_NAMES);
                format!(
                    "mail from outside to {domain} goes to {hosts} first, and no TrustedSenders declares that gateway"
                )
            }
            Self::Declared(gateways) => gateways
                .iter()
                .find_map(|gateway| unattested(gateway, today))
                .map(|why| format!("the gateway for {domain} is declared, and its attestation is not valid: {why}"))?,
        };
        Some(Blockage::new(Obstacle::GatewayUnverified, words))
    }
}

/// The name of a gateway, with whoever attested it.
fn named(gateway: &GatewayClaim) -> String {
    match &gateway.attestation {
        Some(by) => format!("{} (attested by {}{})", gateway.name, by.by, on(by.on)),
        None => gateway.name.to_string(),
    }
}

/// Why nobody's word for a gateway holds on a day.
pub(crate) fn unattested(gateway: &GatewayClaim, today: Option<Date>) -> Option<String> {
    let name = &gateway.name;
    match &gateway.attestation {
        None => Some(format!("nobody has attested what {name} does with Microsoft's senders")),
        Some(attested) if today.is_some_and(|today| attested.holds(today)) => None,
        Some(attested) => {
            let by = &attested.by;
            Some(format!(
                "{by} attested {name}{}; an attestation expires after {ATTESTATION_DAYS} days",
                on(attested.on)
            ))
        }
    }
}

fn on(day: Option<Date>) -> String {
    day.map_or_else(|| " on a day that cannot be read".to_owned(), |day| format!(" on {day}"))
}
