//! Whole lists of rules, policies and domains, or one of them by name.

use serde_json::Value;

use super::super::{
    call::{Call, Item, Outcome},
    error::ExchangeError,
};
use crate::{exchange::print, schema::Entity};

/// Functions that list one kind of object each.
macro_rules! lists {
    ($($name:ident: $entity:ident),* $(,)?) => {
        $(pub(crate) fn $name(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
            all(call, Entity::$entity)
        })*
    };
}

lists! {
    remote_domains: RemoteDomain,
    outbound_connectors: OutboundConnector,
    accepted_domains: AcceptedDomain,
    organization: OrganizationConfig,
    retention_policies: RetentionPolicy,
    retention_tags: RetentionTag,
    content_filter_policies: ContentFilterPolicy,
    content_filter_rules: ContentFilterRule,
    safe_links_policies: SafeLinksPolicy,
    safe_links_rules: SafeLinksRule,
    outbound_policies: OutboundPolicy,
    outbound_rules: OutboundRule,
}

pub(crate) fn transport_rules(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    let mut outcome = all(call, Entity::TransportRule)?;
    if let Some(state) = call.parameters.text("State") {
        outcome.items.retain(|item| item.get("State").is_some_and(|have| have.as_str() == Some(state.as_str())));
    }
    Ok(outcome)
}

/// Objects of a kind in the order of their keys, which is the priority of rules.
fn all(call: &Call<'_>, entity: Entity) -> Result<Outcome, ExchangeError> {
    let view = call.view();
    let printed = view.own.range(entity, None).map(|(_, record)| print::of_record(&view, entity, record));
    let Some(name) = call.parameters.text("Identity") else { return Ok(call.counted(printed)) };
    let is = |item: &Item, property: &str| {
        item.get(property).and_then(Value::as_str).is_some_and(|have| have.eq_ignore_ascii_case(&name))
    };
    let found = printed
        .into_iter()
        .find(|item| is(item, "Identity") || is(item, "Name") || is(item, "DomainName") || is(item, "Guid"));
    found.map(|item| Outcome::of(vec![item])).ok_or_else(|| ExchangeError::not_found(&name))
}
