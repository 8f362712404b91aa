//! From the store to a [`World`]: rules and policies, which speak of recipients by name.
//!
//! Invariant: a name that stands for nobody is kept as an address, and a group that is no more has no members.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{
    filter::{self, Filters},
    outbound::Outbound,
    row::Row,
    scope::{Part, Scope},
    stated::{Action, Rule, Side},
    target::{Target, bare},
    world::World,
};
use crate::{exchange::view::Exchange, schema::Entity};

/// Reads what speaks of recipients by their names, once the recipients are known.
pub(super) struct Reader<'a> {
    pub(super) world: &'a World,
    pub(super) exchange: Exchange<'a>,
}

impl<'a> Reader<'a> {
    fn rows(&self, entity: Entity) -> Vec<Row<'a>> {
        let mut rows: Vec<_> = self.exchange.own.range(entity, None).map(|(_, record)| Row(entity, record)).collect();
        rows.sort_by_key(|row| row.number("Priority").unwrap_or(i64::MAX));
        rows
    }

    /// Rules of policies that are on, in order of priority, each with the policy of its property.
    fn pairs(&self, rules: Entity, property: &str, policies: Entity) -> Vec<(Row<'a>, Row<'a>)> {
        let policies = self.rows(policies);
        let on = self.rows(rules).into_iter().filter(|rule| !rule.is("State", "Disabled"));
        on.filter_map(|rule| {
            let wanted = rule.text(property)?;
            let policy = policies.iter().find(|policy| policy.is("Name", wanted) || policy.is("Identity", wanted))?;
            Some((rule, *policy))
        })
        .collect()
    }

    fn default(&self, policies: Entity) -> Option<Row<'a>> {
        self.rows(policies).into_iter().find(|policy| policy.is_true("IsDefault"))
    }

    /// A recipient by whatever names it, else the address.
    fn target(&self, name: &str) -> Target {
        self.exchange
            .resolve(name)
            .map_or_else(|| Target::Address(bare(name)), |found| Target::Key(found.id.to_string()))
    }

    fn targets(&self, row: Row<'_>, name: &str) -> Vec<Target> {
        row.texts(name).into_iter().map(|name| self.target(name)).collect()
    }

    /// Conditions or exceptions by the names of their properties.
    fn part(&self, row: Row<'_>, people: &str, members: &str, domains: &str) -> Part {
        let members_of = row.texts(members);
        let domains = row.texts(domains);
        let people = self.targets(row, people);
        let within = |name: &&str| match self.target(name) {
            Target::Key(key) => self.world.members(&key),
            Target::Address(_) => BTreeSet::new(),
        };
        Part {
            people: (!people.is_empty()).then(|| people.into_iter().collect()),
            members: (!members_of.is_empty()).then(|| members_of.iter().flat_map(within).collect()),
            domains: (!domains.is_empty()).then(|| domains.into_iter().map(str::to_lowercase).collect()),
        }
    }

    fn recipients(&self, row: Row<'_>) -> Scope {
        Scope {
            conditions: self.part(row, "SentTo", "SentToMemberOf", "RecipientDomainIs"),
            exceptions: self.part(row, "ExceptIfSentTo", "ExceptIfSentToMemberOf", "ExceptIfRecipientDomainIs"),
        }
    }

    pub(super) fn rules(&self) -> Vec<Rule> {
        let rows = self.rows(Entity::TransportRule);
        // Audit modes only report. A rule without a mode is enforced.
        let works =
            |row: &Row<'_>| !row.is("State", "Disabled") && (row.text("Mode").is_none() || row.is("Mode", "Enforce"));
        rows.into_iter().filter(works).map(|row| self.rule(row)).collect()
    }

    fn rule(&self, row: Row<'_>) -> Rule {
        let scope = |name: &str| row.text(name).map(|scope| scope.eq_ignore_ascii_case("InOrganization"));
        let header = row.text("HeaderContainsMessageHeader").map(str::to_owned);
        let moderators = self.targets(row, "ModerateMessageByUser");
        let rejects = row.text("RejectMessageReasonText").or(row.text("RejectMessageEnhancedStatusCode")).is_some();
        let copies = ["BlindCopyTo", "CopyTo", "AddToRecipients"];
        Rule {
            conditions: Side {
                sender: self.part(row, "From", "FromMemberOf", "SenderDomainIs"),
                sender_inside: scope("FromScope"),
                sender_words: row.owned("FromAddressContainsWords"),
                recipient: self.part(row, "SentTo", "SentToMemberOf", "RecipientDomainIs"),
                recipient_inside: scope("SentToScope"),
                recipient_words: row.owned("RecipientAddressContainsWords"),
                subject_words: [row.owned("SubjectContainsWords"), row.owned("SubjectOrBodyContainsWords")].concat(),
                header: header.map(|name| (name, row.owned("HeaderContainsWords"))),
            },
            exceptions: Side {
                sender: self.part(row, "ExceptIfFrom", "ExceptIfFromMemberOf", "ExceptIfSenderDomainIs"),
                recipient: self.part(row, "ExceptIfSentTo", "ExceptIfSentToMemberOf", "ExceptIfRecipientDomainIs"),
                subject_words: row.owned("ExceptIfSubjectContainsWords"),
                ..Side::default()
            },
            action: Action {
                reject: rejects,
                delete: row.is_true("DeleteMessage"),
                quarantine: row.is_true("Quarantine"),
                moderate: (!moderators.is_empty()).then_some(moderators),
                redirect: self.targets(row, "RedirectMessageTo"),
                copies: copies.iter().flat_map(|name| self.targets(row, name)).collect(),
                scl: row.number("SetSCL"),
            },
            stop: row.is_true("StopRuleProcessing"),
        }
    }

    pub(super) fn filters(&self) -> Filters {
        let pairs = self.pairs(Entity::ContentFilterRule, "HostedContentFilterPolicy", Entity::ContentFilterPolicy);
        let usual = self.default(Entity::ContentFilterPolicy).map(policy).unwrap_or_default();
        let policies = pairs.into_iter().map(|(rule, row)| (self.recipients(rule), policy(row))).collect();
        let (mut allowed, mut blocked) = (BTreeSet::new(), BTreeSet::new());
        for row in self.rows(Entity::AllowBlockEntry) {
            let list = if row.is("Action", "Block") { &mut blocked } else { &mut allowed };
            if row.is("ListType", "Sender") && is_current(row, self.exchange.now) {
                list.extend(row.text("Value").map(str::to_lowercase));
            }
        }
        Filters { policies, usual, allowed, blocked, ..Filters::default() }
    }

    pub(super) fn outbound(&self, automatic: bool) -> Outbound {
        let allows = |policy: Row<'_>| match policy.text("AutoForwardingMode") {
            Some(mode) if mode.eq_ignore_ascii_case("On") => true,
            Some(mode) if mode.eq_ignore_ascii_case("Off") => false,
            Some(_) | None => automatic,
        };
        let pairs = self.pairs(Entity::OutboundRule, "HostedOutboundSpamFilterPolicy", Entity::OutboundPolicy);
        let policies = pairs.into_iter().map(|(rule, policy)| {
            let conditions = self.part(rule, "From", "FromMemberOf", "SenderDomainIs");
            let exceptions = self.part(rule, "ExceptIfFrom", "ExceptIfFromMemberOf", "ExceptIfSenderDomainIs");
            (Scope { conditions, exceptions }, allows(policy))
        });
        let remote = self.rows(Entity::RemoteDomain).into_iter().filter_map(|row| {
            let name = row.text("DomainName")?.to_lowercase();
            Some((name, row.get("AutoForwardEnabled") != Some(&Value::Bool(false))))
        });
        Outbound {
            policies: policies.collect(),
            usual: self.default(Entity::OutboundPolicy).map_or(automatic, allows),
            remote: remote.collect(),
        }
    }

    /// The built-in protection does not rewrite; it applies where no rule does.
    pub(super) fn safe_links(&self) -> Vec<(Scope, bool)> {
        let pairs = self.pairs(Entity::SafeLinksRule, "SafeLinksPolicy", Entity::SafeLinksPolicy);
        let rewrites = |row: Row<'_>| row.is_true("EnableSafeLinksForEmail") && !row.is_true("DisableUrlRewrite");
        pairs.into_iter().map(|(rule, policy)| (self.recipients(rule), rewrites(policy))).collect()
    }
}

fn policy(row: Row<'_>) -> filter::Policy {
    let set = |addresses: &str, domains: &str| {
        row.texts(addresses).into_iter().chain(row.texts(domains)).map(str::to_lowercase).collect()
    };
    let action = |name: &str, usual: filter::Action| row.text(name).map_or(usual, filter::Action::parse);
    filter::Policy {
        allowed: set("AllowedSenders", "AllowedSenderDomains"),
        blocked: set("BlockedSenders", "BlockedSenderDomains"),
        spam: action("SpamAction", filter::Action::MoveToJunk),
        high_confidence_spam: action("HighConfidenceSpamAction", filter::Action::MoveToJunk),
        bulk: action("BulkSpamAction", filter::Action::MoveToJunk),
        phish: action("PhishSpamAction", filter::Action::MoveToJunk),
        high_confidence_phish: action("HighConfidencePhishAction", filter::Action::Quarantine),
        redirect: row.owned("RedirectToRecipients"),
    }
}

/// Whether an entry of the tenant's list still counts: until its date, or so many days after its last use (after it was
/// made, where it was never used). Contract §6.3, §10.30.
fn is_current(row: Row<'_>, now: Timestamp) -> bool {
    let date = |name: &str| row.text(name).and_then(|text| text.parse::<Timestamp>().ok());
    if date("ExpirationDate").is_some_and(|until| until <= now) {
        return false;
    }
    let used = date("LastUsedDate").or_else(|| date("CreatedDateTime"));
    let days = row.number("RemoveAfter").and_then(|days| days.checked_mul(24));
    match (used, days) {
        (Some(used), Some(hours)) => {
            let until = SignedDuration::try_from_hours(hours).and_then(|after| used.checked_add(after).ok());
            until.is_none_or(|until| now < until)
        }
        (None, _) | (_, None) => true,
    }
}
