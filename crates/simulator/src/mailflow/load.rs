//! From the store to a [`World`]: accounts, domains, recipients and what belongs to them.
//!
//! Invariant: recipients first, then what speaks of them by name.

use serde_json::Value;

use super::{
    filter::Filters,
    policies::Reader,
    row::Row,
    stated::InboxRule,
    target::{Target, bare},
    world::{Domain, Moderation, Place, Restrictions, World},
};
use crate::{
    exchange::{
        kind::Kind,
        schema::{mailbox, recipient},
        view::{Cursor, Exchange, Recipient},
    },
    schema::{Entity, user},
    state::State,
};

/// Reads the tenant.
pub(super) fn world(state: &State) -> World {
    let exchange = state.exchange_truth();
    let mut world = World {
        needs_connector: state.options.switches.on_premises_needs_connector,
        edge_refuses_dynamic_lists: state.options.switches.edge_refuses_dynamic_lists,
        redirect_once: state.options.switches.inbox_rules_redirect_once,
        delegates_read: state.options.switches.delegates_read_handed_over_mailboxes,
        plus_addresses: state.options.switches.plus_addresses_are_delivered,
        judged_again: state.options.switches.filter_judges_what_is_sent_on,
        mark_stays: state.options.switches.spam_mark_goes_along,
        accounts: state
            .store
            .truth()
            .living(Entity::User, None)
            .map(|(id, record)| (id.to_string(), record.is_true(user::ACCOUNT_ENABLED)))
            .collect(),
        ..World::default()
    };
    for (_, of) in exchange.recipients(&Cursor::default()) {
        add(&mut world, &exchange, &of);
    }
    for (_, record) in exchange.own.range(Entity::AcceptedDomain, None) {
        let row = Row(Entity::AcceptedDomain, record);
        world.domains.push(Domain {
            name: row.text("DomainName").unwrap_or_default().to_lowercase(),
            authoritative: !row.is("DomainType", "InternalRelay") && !row.is("DomainType", "ExternalRelay"),
            subdomains: row.is_true("MatchSubDomains"),
        });
    }
    for (_, record) in exchange.own.range(Entity::OutboundConnector, None) {
        let row = Row(Entity::OutboundConnector, record);
        if row.is_true("Enabled") && row.is("ConnectorType", "OnPremises") {
            world.on_premises.extend(row.texts("RecipientDomains").into_iter().map(str::to_lowercase));
        }
    }
    let reader = Reader { world: &world, exchange };
    let rules = reader.rules();
    let switches = state.options.switches;
    let filters = Filters {
        blocks_are_quarantined: switches.tenant_blocks_are_quarantined,
        rules_bypass_blocks: switches.rules_bypass_tenant_blocks,
        ..reader.filters()
    };
    let outbound = reader.outbound(automatic_is_on(state));
    let safe_links = reader.safe_links();
    World { rules, filters, outbound, safe_links, ..world }
}

/// Automatic means Off in tenants made since 2021 (contract §6.3), in older ones by switch.
fn automatic_is_on(state: &State) -> bool {
    let organization = state.store.truth().get(Entity::Organization, &state.tenant_id);
    let created = organization.and_then(|record| Row(Entity::Organization, record).text("createdDateTime"));
    let old = created.is_some_and(|created| created < "2021-01-01");
    old && state.options.switches.old_tenants_forward_automatically
}

fn add(world: &mut World, exchange: &Exchange<'_>, of: &Recipient<'_>) {
    let key = of.id.to_string();
    let addresses = of.addresses();
    if of.deleted {
        world.gone.extend(addresses);
        return;
    }
    let address = of.primary_address().unwrap_or_default();
    let outside = of.text(recipient::EXTERNAL_ADDRESS).map(|text| bare(&text));
    let outside = outside.filter(|_| matches!(of.kind, Kind::MailUser | Kind::GuestMailUser | Kind::MailContact));
    for known in addresses {
        world.addresses.entry(known).or_insert_with(|| key.clone());
    }
    if let Some(outside) = &outside {
        world.correspondents.entry(outside.clone()).or_insert_with(|| key.clone());
    }
    let both = |one: u8, other: u8| [of.strings(one), of.strings(other)].concat();
    let restrictions = Restrictions {
        authenticated: of.is_true(recipient::REQUIRE_AUTHENTICATION),
        accept: both(recipient::ACCEPT_FROM, recipient::ACCEPT_FROM_MEMBERS),
        reject: both(recipient::REJECT_FROM, recipient::REJECT_FROM_MEMBERS),
    };
    let moderation = of.is_true(recipient::MODERATION_ENABLED).then(|| Moderation {
        bypass: [
            of.strings(recipient::MODERATED_BY),
            of.strings(recipient::BYPASS_MODERATION),
            of.strings(recipient::MANAGED_BY),
        ]
        .concat(),
    });
    let is_mailbox = of.kind.is_mailbox();
    // The internal address wins over the other. Contract §6.3.
    let forward = of
        .text(recipient::FORWARDING_ADDRESS)
        .map(Target::Key)
        .or_else(|| of.text(recipient::FORWARDING_SMTP_ADDRESS).map(|text| Target::Address(bare(&text))));
    let (full_access, denied) = if is_mailbox { permissions(of) } else { (Vec::new(), Vec::new()) };
    let place = Place {
        kind: of.kind,
        address,
        outside,
        synced: of.is_true(recipient::IS_DIR_SYNCED),
        restrictions,
        moderation,
        members: of.members(),
        subscribers: of.strings(recipient::SUBSCRIBERS),
        forward: forward.filter(|_| is_mailbox),
        keeps: of.is_true(recipient::DELIVER_AND_FORWARD),
        full: is_mailbox && is_full(exchange, of),
        rules: if is_mailbox { inbox_rules(of) } else { Vec::new() },
        full_access,
        denied,
        key: key.clone(),
    };
    world.places.insert(key, place);
}

/// At or over the size from which on it takes no more.
fn is_full(exchange: &Exchange<'_>, of: &Recipient<'_>) -> bool {
    let quota = of.value(recipient::QUOTA).and_then(|quota| quota.as_u64());
    let statistics = exchange.own.get(Entity::MailboxStatistics, of.id);
    let size = statistics.and_then(|record| record.get(mailbox::TOTAL_SIZE)).and_then(Value::as_u64);
    quota.zip(size).is_some_and(|(quota, size)| size >= quota)
}

/// Who has full access, and who is denied it. Inherited entries are the service's own.
fn permissions(of: &Recipient<'_>) -> (Vec<String>, Vec<String>) {
    let (mut granted, mut denied) = (Vec::new(), Vec::new());
    for (_, record) in of.belongings(Entity::MailboxPermission) {
        let row = Row(Entity::MailboxPermission, record);
        if row.is_true("IsInherited") || !row.texts("AccessRights").contains(&"FullAccess") {
            continue;
        }
        let list = if row.is_true("Deny") { &mut denied } else { &mut granted };
        list.extend(row.text("User").map(str::to_owned));
    }
    (granted, denied)
}

fn inbox_rules(of: &Recipient<'_>) -> Vec<InboxRule> {
    let mut rules: Vec<(i64, InboxRule)> = of
        .belongings(Entity::InboxRule)
        .map(|(_, record)| Row(Entity::InboxRule, record))
        .filter(|row| row.is_true("Enabled"))
        .map(|row| {
            let targets = |name: &str| row.texts(name).into_iter().map(addressee).collect::<Vec<_>>();
            let rule = InboxRule {
                from: targets("From"),
                except_from: targets("ExceptIfFrom"),
                sent_to: targets("SentTo"),
                words: [row.owned("SubjectContainsWords"), row.owned("SubjectOrBodyContainsWords")].concat(),
                forward: [targets("ForwardTo"), targets("ForwardAsAttachmentTo")].concat(),
                redirect: targets("RedirectTo"),
                delete: row.is_true("DeleteMessage") || row.is_true("SoftDeleteMessage"),
                folder: row.text("MoveToFolder").map(str::to_owned),
                stop: row.is_true("StopProcessingRules"),
            };
            (row.number("Priority").unwrap_or(i64::MAX), rule)
        })
        .collect();
    rules.sort_by_key(|(priority, _)| *priority);
    rules.into_iter().map(|(_, rule)| rule).collect()
}

/// A key, or an address outside.
fn addressee(text: &str) -> Target {
    if text.contains('@') { Target::Address(bare(text)) } else { Target::Key(text.to_owned()) }
}
