//! Exchange: what its listings give.
//!
//! Invariant: the recipients are all of them or unknown, since an address that no recipient has bounces. So a listing that
//! fails, and an object without a name or addresses, make them unknown as a whole.

mod access;
mod distinguished;
mod filters;
mod lists;
mod names;
mod reader;
mod recipient;
mod rules;
mod scope;
mod traces;

use std::collections::BTreeMap;

use futures::{StreamExt, stream};
use jiff::Timestamp;
use tenant_contacts_core::{
    landscape::{self, DomainType},
    model::{Fact, Unknown},
};

use super::unknown;
use crate::{
    auth::Grants,
    exchange::{Cmdlet, Command, Exchange},
    object::{Object, Unreadable},
    send::Error,
};

pub(super) use access::{full_access, links, size};
pub(super) use names::Names;
pub(super) use rules::{inbox_rules, leaves_hidden_open};

use reader::{Listed, Reader, what};

/// Listings under way together: see [`crate::exchange`]'s batches, of which four go at a time; listings are larger.
const AT_ONCE: usize = 3;

/// Reads every listing into `exchange`, and gives what recipients are called beside their keys.
pub(super) async fn listings(client: &Exchange, exchange: &mut landscape::Exchange, now: Timestamp) -> Names {
    let grants = match client.grants().await {
        Ok(grants) => grants,
        Err(error) => {
            all_unknown(exchange, &unknown::of_exchange(&error, &Grants::default(), "Exchange Online"));
            return Names::default();
        }
    };
    client.begin();
    let reader = Reader { client, grants: &grants };
    // One request tells whether the token is taken at all: thirty that are not would each ask for a new one.
    let domains = reader.raw(&Command::new(Cmdlet::AcceptedDomain)).await;
    if let Err(error) = &domains
        && (matches!(error, Error::Auth(_)) || error.service().is_some_and(|error| error.status == 401))
    {
        all_unknown(exchange, &unknown::of_exchange(error, &grants, "Exchange Online"));
        return Names::default();
    }
    let domains = domains.map_err(|error| unknown::of_exchange(&error, &grants, "the accepted domains"));
    exchange.accepted_domains = fact([domains], "the accepted domains", |[domains]| accepted(domains));
    let names = recipients(&reader, exchange).await;
    let ((), traces) = futures::join!(settings(&reader, &names, exchange), traces::read(&reader, now));
    exchange.traces = traces;
    names
}

/// A fact of one or several listings: unknown if one of them is, or if their objects cannot be read.
fn fact<T, const N: usize>(
    listed: [Listed; N],
    what: &'static str,
    read: impl FnOnce(&[Vec<Object>; N]) -> Result<T, Unreadable>,
) -> Fact<T> {
    let mut objects: [Vec<Object>; N] = std::array::from_fn(|_| Vec::new());
    for (slot, listed) in objects.iter_mut().zip(listed) {
        match listed {
            Ok(given) => *slot = given,
            Err(why) => return Fact::Unknown(why),
        }
    }
    read(&objects).map_or_else(|Unreadable| unknown::failed(what), Fact::Present)
}

fn accepted(domains: &[Object]) -> Result<BTreeMap<Box<str>, DomainType>, Unreadable> {
    let one = |domain: &Object| {
        let name = landscape::fold(domain.some_text("DomainName")?);
        let kind = match domain.some_text("DomainType")? {
            "Authoritative" => DomainType::Authoritative,
            "InternalRelay" => DomainType::InternalRelay,
            "ExternalRelay" => DomainType::ExternalRelay,
            _ => return Err(Unreadable),
        };
        Ok((name, kind))
    };
    let mut accepted = BTreeMap::new();
    for domain in domains {
        let (name, kind) = one(domain)?;
        // Said twice is no harm, said in two ways is no answer.
        if accepted.insert(name, kind).is_some_and(|earlier| earlier != kind) {
            return Err(Unreadable);
        }
    }
    Ok(accepted)
}

async fn recipients(reader: &Reader<'_>, exchange: &mut landscape::Exchange) -> Names {
    let mut names = Names::default();
    let listings: Vec<_> = recipient::SOURCES.iter().map(|source| recipient::list(reader, source, &names)).collect();
    let listed: Vec<_> = stream::iter(listings).buffered(AT_ONCE).collect().await;
    let (mut active, mut deleted) = (Vec::new(), Fact::default());
    let mut failure = None;
    for (source, listed) in recipient::SOURCES.iter().zip(listed) {
        match listed {
            Ok(recipients) if source.soft_deleted => {
                let found = recipients.into_iter().map(|found| (found.recipient.key.clone(), found.recipient));
                deleted = Fact::Present(found.collect());
            }
            Ok(recipients) => active.extend(recipients),
            Err(why) if source.soft_deleted => deleted = Fact::Unknown(why),
            Err(why) => failure = failure.or(Some(why)),
        }
    }
    for found in &active {
        names.add(&found.recipient, &found.aliases);
    }
    if failure.is_none() {
        names.complete();
    }
    exchange.soft_deleted = deleted;
    exchange.recipients = match failure {
        Some(why) => Fact::Unknown(why),
        None => recipient::all(active, &names),
    };
    names
}

/// The small listings: policies, rules and lists of the whole organization.
async fn settings(reader: &Reader<'_>, names: &Names, exchange: &mut landscape::Exchange) {
    const SETTINGS: [Cmdlet; 13] = [
        Cmdlet::TransportRule,
        Cmdlet::HostedContentFilterPolicy,
        Cmdlet::HostedContentFilterRule,
        Cmdlet::HostedOutboundSpamFilterPolicy,
        Cmdlet::HostedOutboundSpamFilterRule,
        Cmdlet::RemoteDomain,
        Cmdlet::OutboundConnector,
        Cmdlet::TenantAllowBlockListItems,
        Cmdlet::QuarantineMessage,
        Cmdlet::SafeLinksPolicy,
        Cmdlet::SafeLinksRule,
        Cmdlet::RetentionPolicy,
        Cmdlet::RetentionPolicyTag,
    ];
    let listings: Vec<_> = SETTINGS.into_iter().map(|cmdlet| reader.setting(cmdlet)).collect();
    let listed: Vec<Listed> = stream::iter(listings).buffered(AT_ONCE).collect().await;
    let Ok(listed) = <[Listed; 13]>::try_from(listed) else { return };
    let [
        transport,
        content,
        content_rules,
        outbound,
        outbound_rules,
        remote,
        connectors,
        allow,
        quarantine,
        links,
        link_rules,
        policies,
        tags,
    ] = listed;
    exchange.transport_rules =
        fact([transport], what(Cmdlet::TransportRule), |[found]| rules::transport_rules(found, names));
    let name = what(Cmdlet::HostedContentFilterPolicy);
    exchange.content_filters =
        fact([content, content_rules], name, |[policies, rules]| filters::content(policies, rules, names));
    let name = what(Cmdlet::HostedOutboundSpamFilterPolicy);
    exchange.outbound_policies =
        fact([outbound, outbound_rules], name, |[policies, rules]| filters::outbound(policies, rules, names));
    exchange.remote_domains = fact([remote], what(Cmdlet::RemoteDomain), |[found]| lists::remote_domains(found));
    let name = what(Cmdlet::OutboundConnector);
    exchange.outbound_connectors = fact([connectors], name, |[found]| lists::outbound_connectors(found));
    exchange.allow_entries =
        fact([allow], what(Cmdlet::TenantAllowBlockListItems), |[found]| lists::allow_entries(found));
    exchange.quarantine = fact([quarantine], what(Cmdlet::QuarantineMessage), |[found]| lists::quarantine(found));
    exchange.safe_links = fact([links, link_rules], what(Cmdlet::SafeLinksPolicy), |[policies, rules]| {
        filters::safe_links(policies, rules, names)
    });
    exchange.retention =
        fact([policies, tags], what(Cmdlet::RetentionPolicy), |[policies, tags]| lists::retention(policies, tags));
}

/// Nothing of Exchange can be read.
fn all_unknown(exchange: &mut landscape::Exchange, why: &Unknown) {
    exchange.recipients = Fact::Unknown(why.clone());
    exchange.soft_deleted = Fact::Unknown(why.clone());
    exchange.accepted_domains = Fact::Unknown(why.clone());
    exchange.transport_rules = Fact::Unknown(why.clone());
    exchange.content_filters = Fact::Unknown(why.clone());
    exchange.outbound_policies = Fact::Unknown(why.clone());
    exchange.remote_domains = Fact::Unknown(why.clone());
    exchange.outbound_connectors = Fact::Unknown(why.clone());
    exchange.allow_entries = Fact::Unknown(why.clone());
    exchange.quarantine = Fact::Unknown(why.clone());
    exchange.traces = Fact::Unknown(why.clone());
    exchange.safe_links = Fact::Unknown(why.clone());
    exchange.retention = Fact::Unknown(why.clone());
}
