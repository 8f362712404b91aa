//! Everything in Exchange that is not a recipient: rules, policies, domains, lists of entries.
//!
//! Invariant: one table says for each section what its objects are called and what they are unless told otherwise.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{ExchangeObject, ExchangeSeed, value::Context};
use crate::{
    exchange::derive::DEFAULT_RETENTION,
    ids,
    schema::Entity,
    seed::error::SeedError,
    store::{Store, record::Record},
};

/// How the objects of a section are told apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    /// By a property; the same value again changes the object.
    Property(&'static str),
    /// By their place in the list, which is their priority too where they have one.
    Order,
}

struct Section {
    name: &'static str,
    entity: Entity,
    key: Key,
    list: fn(&ExchangeSeed) -> &Vec<ExchangeObject>,
    /// Values of what is not given.
    usual: &'static [(&'static str, Usual)],
}

#[derive(Clone, Copy)]
enum Usual {
    Text(&'static str),
    Bool(bool),
    Number(u64),
    /// The moment the simulation starts.
    Now,
}

use Usual::{Bool, Now, Number, Text};

const RULE: &[(&str, Usual)] = &[("State", Text("Enabled"))];

const SECTIONS: &[Section] = &[
    Section {
        name: "transportRules",
        entity: Entity::TransportRule,
        key: Key::Order,
        list: |seed| &seed.transport_rules,
        usual: &[("State", Text("Enabled")), ("Mode", Text("Enforce"))],
    },
    Section {
        name: "contentFilterPolicies",
        entity: Entity::ContentFilterPolicy,
        key: Key::Property("Name"),
        list: |seed| &seed.content_filter_policies,
        // Actions and threshold of the default policy (general knowledge, UNV).
        usual: &[
            ("SpamAction", Text("MoveToJmf")),
            ("HighConfidenceSpamAction", Text("MoveToJmf")),
            ("PhishSpamAction", Text("Quarantine")),
            ("HighConfidencePhishAction", Text("Quarantine")),
            ("BulkSpamAction", Text("MoveToJmf")),
            ("BulkThreshold", Number(7)),
            ("QuarantineRetentionPeriod", Number(30)),
        ],
    },
    Section {
        name: "contentFilterRules",
        entity: Entity::ContentFilterRule,
        key: Key::Order,
        list: |seed| &seed.content_filter_rules,
        usual: RULE,
    },
    Section {
        name: "safeLinksPolicies",
        entity: Entity::SafeLinksPolicy,
        key: Key::Property("Name"),
        list: |seed| &seed.safe_links_policies,
        usual: &[("EnableSafeLinksForEmail", Bool(true)), ("ScanUrls", Bool(true))],
    },
    Section {
        name: "safeLinksRules",
        entity: Entity::SafeLinksRule,
        key: Key::Order,
        list: |seed| &seed.safe_links_rules,
        usual: RULE,
    },
    Section {
        name: "outboundPolicies",
        entity: Entity::OutboundPolicy,
        key: Key::Property("Name"),
        list: |seed| &seed.outbound_policies,
        usual: &[("AutoForwardingMode", Text("Automatic")), ("ActionWhenThresholdReached", Text("BlockUserForToday"))],
    },
    Section {
        name: "outboundRules",
        entity: Entity::OutboundRule,
        key: Key::Order,
        list: |seed| &seed.outbound_rules,
        usual: RULE,
    },
    Section {
        name: "outboundConnectors",
        entity: Entity::OutboundConnector,
        key: Key::Property("Name"),
        list: |seed| &seed.outbound_connectors,
        usual: &[
            ("Enabled", Bool(true)),
            ("ConnectorType", Text("OnPremises")),
            ("ConnectorSource", Text("HybridWizard")),
        ],
    },
    Section {
        name: "remoteDomains",
        entity: Entity::RemoteDomain,
        key: Key::Property("DomainName"),
        list: |seed| &seed.remote_domains,
        usual: &[
            ("AutoForwardEnabled", Bool(true)),
            ("AutoReplyEnabled", Bool(true)),
            ("DeliveryReportEnabled", Bool(true)),
            ("NDREnabled", Bool(true)),
            ("AllowedOOFType", Text("External")),
        ],
    },
    Section {
        name: "acceptedDomains",
        entity: Entity::AcceptedDomain,
        key: Key::Property("DomainName"),
        list: |seed| &seed.accepted_domains,
        usual: &[("DomainType", Text("Authoritative"))],
    },
    Section {
        name: "allowBlockEntries",
        entity: Entity::AllowBlockEntry,
        key: Key::Property("Value"),
        list: |seed| &seed.allow_block_entries,
        usual: &[
            ("Action", Text("Allow")),
            ("ListType", Text("Sender")),
            ("ListSubType", Text("Tenant")),
            ("CreatedDateTime", Now),
            ("LastModifiedDateTime", Now),
        ],
    },
    Section {
        name: "quarantine",
        entity: Entity::QuarantineMessage,
        key: Key::Order,
        list: |seed| &seed.quarantine,
        usual: &[
            ("ReceivedTime", Now),
            ("Type", Text("Spam")),
            ("QuarantineTypes", Text("Spam")),
            ("ReleaseStatus", Text("NOTRELEASED")),
            ("Direction", Text("Inbound")),
        ],
    },
    Section {
        name: "traces",
        entity: Entity::MessageTrace,
        key: Key::Order,
        list: |seed| &seed.traces,
        usual: &[("Received", Now), ("Status", Text("Delivered"))],
    },
    Section {
        name: "retentionTags",
        entity: Entity::RetentionTag,
        key: Key::Property("Name"),
        list: |seed| &seed.retention_tags,
        usual: &[("RetentionEnabled", Bool(true)), ("MessageClass", Text("*"))],
    },
    Section {
        name: "retentionPolicies",
        entity: Entity::RetentionPolicy,
        key: Key::Property("Name"),
        list: |seed| &seed.retention_policies,
        usual: &[],
    },
];

/// What a tenant has before anybody configures anything (general knowledge, except the remote domain and the outbound
/// policy: contract §6.3).
fn built_in() -> ExchangeSeed {
    let object = |value: Value| -> ExchangeObject {
        match value {
            Value::Object(map) => map.into_iter().collect(),
            _ => ExchangeObject::new(),
        }
    };
    let default = || vec![object(json!({"Name": "Default", "IsDefault": true}))];
    ExchangeSeed {
        content_filter_policies: default(),
        outbound_policies: default(),
        remote_domains: vec![object(json!({"Name": "Default", "DomainName": "*"}))],
        retention_tags: vec![object(json!({"Name": "Default 2 year move to archive", "Type": "All",
            "RetentionAction": "MoveToArchive", "AgeLimitForRetention": "730.00:00:00"}))],
        retention_policies: vec![object(json!({"Name": DEFAULT_RETENTION, "IsDefault": true,
            "RetentionPolicyTagLinks": ["Default 2 year move to archive"]}))],
        ..ExchangeSeed::default()
    }
}

/// Plants what is built in, and the seed's objects over it.
pub(super) fn plant(store: &mut Store, context: &Context<'_>, seed: &ExchangeSeed) -> Result<(), SeedError> {
    let built_in = built_in();
    for section in SECTIONS {
        for seed in [&built_in, seed] {
            let mut keys = BTreeSet::new();
            for (index, object) in (section.list)(seed).iter().enumerate() {
                let place = format!("exchange.{}[{index}]", section.name);
                let key = self::object(store, context, section, &place, index, object)?;
                if !keys.insert(key.clone()) {
                    return Err(SeedError::Duplicate { place, kind: "name", name: key });
                }
            }
        }
    }
    Ok(())
}

fn object(
    store: &mut Store,
    context: &Context<'_>,
    section: &Section,
    place: &str,
    index: usize,
    object: &ExchangeObject,
) -> Result<String, SeedError> {
    let given = |name: &str| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    let text = |name: &str| given(name).and_then(Value::as_str).map(str::to_owned);
    let key = match section.key {
        Key::Order => format!("{index:06}"),
        Key::Property(name) => {
            let value = text(name).ok_or_else(|| SeedError::Invalid {
                place: place.to_owned(),
                value: "{}".to_owned(),
                expected: "an object with the property that names it (`name`, `domainName` or `value`)",
            })?;
            value.to_lowercase()
        }
    };
    let known = store.truth().get(section.entity, &key).map(|record| Record::clone(record));
    // What is built in can be changed.
    let mut record = known.unwrap_or_default();
    let schema = section.entity.schema();
    for (name, usual) in section.usual {
        if given(name).is_none()
            && let Some(number) = schema.any(name)
            && record.get(number).is_none()
        {
            record.set(
                number,
                match usual {
                    Text(text) => json!(text),
                    Bool(on) => json!(on),
                    Number(number) => json!(number),
                    Now => json!(crate::clock::print(context.now)),
                },
            );
        }
    }
    for (name, value) in object {
        context.set(store, section.entity, &mut record, place, (name, value))?;
    }
    let id = ids::derive(section.name, &key);
    let derived = [
        ("Guid", json!(id)),
        ("Name", json!(text("DomainName").unwrap_or_else(|| format!("{} {}", section.name, index + 1)))),
        ("Identity", json!(text("Name").or_else(|| text("DomainName")).unwrap_or_else(|| id.clone()))),
        ("MessageTraceId", json!(id)),
        ("MessageId", json!(format!("<{id}@simulated.example>"))),
    ];
    for (name, value) in derived {
        if let Some(number) = schema.any(name)
            && record.get(number).is_none()
        {
            record.set(number, value);
        }
    }
    if section.key == Key::Order
        && let Some(number) = schema.any("Priority")
        && record.get(number).is_none()
    {
        record.set(number, json!(index));
    }
    store.plant(section.entity, &key, record);
    Ok(key)
}
