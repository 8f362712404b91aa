//! What becomes of a notice in the tenant, whatever the notice says and whatever is not documented.

use std::collections::BTreeSet;

use serde_json::Value;
use tenant_contacts_api::notice::{Arrival, Category};
use tenant_contacts_simulator::{End, Mailflow, Message, Outcome, Seed};

use crate::tangled::{Turn, simulator, ways};

/// The tenant's mail flow, once for each behaviour that leaves it open.
pub struct Truth {
    flows: Vec<Mailflow>,
    /// Subjects that its rules tell apart.
    subjects: Vec<String>,
    /// What the tenant says of Exchange, to see which senders it tells apart.
    exchange: String,
    /// Whether a rule spares Microsoft's own domain, or each sender that is known. It is judged for the senders that are known, all of which are there: what it
    /// would do to notices from another domain than any that was ever seen is not asked.
    spares_microsoft: bool,
}

/// Whom notices come from, as far as it is known: by Microsoft's pages about partner verification and about passwords (in the public
/// cloud), which name them all; of the others, by third parties, which may not be all (writes to the contract, "Known senders").
fn known_senders(category: Category) -> (&'static [&'static str], bool) {
    match category {
        Category::PartnerVerification => (&["maccount@microsoft.com"], true),
        Category::PasswordResetRequest | Category::UserPasswordReset | Category::AdminPasswordChanged => {
            (&["msonlineservicesteam@microsoftonline.com", "msonlineservicesteam@microsoft.com"], true)
        }
        Category::ServiceAndTechnical => {
            (&["microsoft-noreply@microsoft.com", "o365mc@microsoft.com", "azure-noreply@microsoft.com"], false)
        }
        Category::SecurityAndCompliance => {
            (&["microsoft-noreply@microsoft.com", "mssecurity-noreply@microsoft.com"], false)
        }
        Category::Billing => (&["microsoft-noreply@microsoft.com", "azure-noreply@microsoft.com"], false),
        Category::Privacy | Category::Marketing | Category::PartnerAccount | Category::PartnerBilling => {
            (&["microsoft-noreply@microsoft.com"], false)
        }
    }
}

/// A sender of Microsoft's that nobody knows of, and nothing in a tenant names.
const UNLISTED: &str = "notices@unlisted.example";

/// Whom a notice may come from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Senders {
    known: Vec<&'static str>,
    /// Whether it may come from another address as well.
    others: bool,
}

impl Senders {
    /// Whether mail of this notice comes from an address.
    pub fn names(&self, address: &str) -> bool {
        self.known.contains(&address)
    }
}

/// What became of every notice that could be sent to an address.
#[derive(Debug)]
pub struct Fate {
    /// Accounts of people who get every one of them.
    pub always: BTreeSet<String>,
    /// Accounts of people who get one of them.
    pub ever: BTreeSet<String>,
    /// Every one of them is read by somebody.
    never_lost: bool,
    /// One of them leaves the organization or ends in a public folder, so that it may still be read.
    open: bool,
}

impl Fate {
    /// What may be said of the address.
    pub fn arrival(&self) -> Arrival {
        if self.never_lost {
            Arrival::Deliverable
        } else if self.ever.is_empty() && !self.open {
            Arrival::Undeliverable
        } else {
            Arrival::Unknown
        }
    }
}

impl Truth {
    /// DOMAIN F6: what Automatic means in an old tenant is unknown. A moderator lets pass what waits, or does not. Whether the
    /// tenant's list lets pass what an anti-spam policy blocks is not documented.
    pub fn of(seed: &Seed) -> Self {
        let mut seeds = vec![seed.clone()];
        for other in [released, without_allow_entries] {
            let others: Vec<Seed> = seeds.iter().map(other).filter(|other| !seeds.contains(other)).collect();
            seeds.extend(others);
        }
        let (filters, blocks) = (filters(seed), has_blocks(seed));
        let plus = format!("{:?}", seed.organization).contains('+');
        let old = seed.tenant.created_date_time.as_deref().is_none_or(|created| created < "2021");
        // Each behaviour that bears on this tenant, and the two ways it may go.
        let turns: [(bool, Turn); 9] = [
            (old, |switches| switches.old_tenants_forward_automatically ^= true),
            (handed_over(seed), |switches| switches.delegates_read_handed_over_mailboxes ^= true),
            (plus, |switches| switches.plus_addresses_are_delivered ^= true),
            (filters, |switches| switches.filter_judges_what_is_sent_on ^= true),
            (filters, |switches| switches.spam_mark_goes_along ^= true),
            (blocks, |switches| switches.tenant_blocks_are_quarantined ^= true),
            (blocks, |switches| switches.rules_bypass_tenant_blocks ^= true),
            (has_dynamic_lists(seed), |switches| switches.edge_refuses_dynamic_lists ^= true),
            (is_hybrid(seed), |switches| switches.on_premises_needs_connector ^= true),
        ];
        let worlds = ways(&turns);
        let flows =
            |seed: &Seed| -> Vec<Mailflow> { worlds.iter().map(|one| simulator(seed, *one).mailflow()).collect() };
        Self {
            flows: seeds.iter().flat_map(flows).collect(),
            subjects: subjects(seed),
            exchange: format!("{:?}", seed.exchange),
            spares_microsoft: has_sparing_rule(seed),
        }
    }

    /// Whom notices of a category come from that the tenant tells apart: one for each domain, and all that something names.
    pub fn senders(&self, category: Category) -> Senders {
        let (known, all) = known_senders(category);
        let mut domains = BTreeSet::new();
        let told_apart = known.iter().copied().filter(|sender| {
            self.exchange.contains(sender) || domains.insert(sender.rsplit('@').next().unwrap_or_default())
        });
        Senders { known: told_apart.collect(), others: !all && !self.spares_microsoft }
    }

    /// A notice from each of some senders, with each of the subjects.
    fn messages(&self, to: &str, senders: &[&'static str]) -> Vec<Message> {
        let mut found = Vec::new();
        for sender in senders {
            for subject in &self.subjects {
                found.push(Message { subject: subject.clone(), ..Message::outside(sender, to) });
            }
        }
        found
    }

    /// Sends notices of some senders to an address. What another sender's mail would be is what might become of the notice, and
    /// no more.
    pub fn fate(&self, address: &str, senders: &Senders) -> Fate {
        let mut fate = Fate { always: BTreeSet::new(), ever: BTreeSet::new(), never_lost: true, open: false };
        let mut first = true;
        for message in self.messages(address, &senders.known) {
            for flow in &self.flows {
                let (people, leaves) = sent(flow, &message);
                fate.never_lost &= !people.is_empty();
                fate.open |= leaves;
                if first {
                    fate.always.clone_from(&people);
                } else {
                    fate.always.retain(|person| people.contains(person));
                }
                fate.ever.extend(people);
                first = false;
            }
        }
        let others: &[&str] = if senders.others { &[UNLISTED] } else { &[] };
        for message in self.messages(address, others) {
            for flow in &self.flows {
                let (people, leaves) = sent(flow, &message);
                fate.open |= leaves;
                fate.ever.extend(people);
            }
        }
        fate
    }

    /// The ways by which notices come into a mailbox, where somebody might look: the addresses passed, the first and the last included.
    pub fn ways_in(&self, address: &str, senders: &Senders) -> BTreeSet<Vec<String>> {
        let mut found = BTreeSet::new();
        for message in self.messages(address, &senders.known) {
            for flow in &self.flows {
                let outcomes = flow.deliver(&message).outcomes.into_iter();
                found.extend(outcomes.filter_map(|outcome| match outcome.end {
                    End::Mailbox { folder, .. } if folder.is_seen() => Some(outcome.path),
                    _ => None,
                }));
            }
        }
        found
    }

    /// The ends of messages, for whoever looks into a disagreement.
    pub fn told(&self, address: &str, senders: &Senders) -> String {
        let mut told = BTreeSet::new();
        let mut all = senders.known.clone();
        all.extend(senders.others.then_some(UNLISTED));
        for message in self.messages(address, &all) {
            let ends = |flow: &Mailflow| {
                let outcomes = flow.deliver(&message).outcomes;
                let end = |one: &Outcome| format!("\n        {} => {:?}", one.path.join(" > "), one.end);
                let ends: Vec<String> = outcomes.iter().map(end).collect();
                format!("from {}{}\n        read by {:?}", message.from, ends.concat(), flow.who_gets(&message))
            };
            told.extend(self.flows.iter().map(ends));
        }
        told.into_iter().fold(String::new(), |all, one| all + "\n      either" + &one)
    }
}

/// Who reads a message, and whether it ends where somebody may read it whom nobody can name.
fn sent(flow: &Mailflow, message: &Message) -> (BTreeSet<String>, bool) {
    let (mut people, mut leaves) = (BTreeSet::new(), false);
    for outcome in flow.deliver(message).outcomes {
        match outcome.end {
            End::Mailbox { key, folder, .. } if folder.is_seen() => people.extend(flow.readers(&key).unwrap()),
            // As outside: somebody may read it there.
            End::PublicFolder { .. } | End::Outside { .. } => leaves = true,
            End::Mailbox { .. }
            | End::Bounced { .. }
            | End::Quarantined { .. }
            | End::Discarded { .. }
            | End::HeldForModeration { .. }
            | End::LoopCut { .. } => {}
        }
    }
    (people, leaves)
}

/// The tenant without what its lists let pass.
fn without_allow_entries(seed: &Seed) -> Seed {
    let mut seed = seed.clone();
    seed.exchange.allow_block_entries.retain(|entry| entry.get("action").is_none_or(|action| action != "Allow"));
    for policy in &mut seed.exchange.content_filter_policies {
        policy.remove("allowedSenderDomains");
    }
    seed
}

/// Whether a disabled account has a mailbox of its own that others have full access to.
fn handed_over(seed: &Seed) -> bool {
    let disabled = |name: &str| seed.users.iter().any(|user| user.upn == name && !user.account_enabled);
    seed.exchange.mailboxes.iter().any(|mailbox| !mailbox.full_access.is_empty() && disabled(&mailbox.user))
}

/// Whether the filter may keep anything back.
fn filters(seed: &Seed) -> bool {
    let exchange = &seed.exchange;
    let marks = exchange.transport_rules.iter().any(|rule| rule.contains_key("setSCL"));
    marks || !exchange.content_filter_policies.is_empty() || !exchange.allow_block_entries.is_empty()
}

fn has_dynamic_lists(seed: &Seed) -> bool {
    seed.exchange.lists.iter().any(|list| format!("{:?}", list.kind).eq_ignore_ascii_case("dynamic"))
}

fn is_hybrid(seed: &Seed) -> bool {
    seed.users.iter().any(|user| user.on_premises_sync_enabled == Some(true))
}

fn has_sparing_rule(seed: &Seed) -> bool {
    fn spares(value: &Value) -> bool {
        match value {
            Value::Object(members) => members.iter().any(|(name, value)| match name.as_str() {
                name if name.starts_with("exceptIf") && (name.contains("From") || name.contains("Sender")) => {
                    value.to_string().contains("microsoft")
                }
                _ => spares(value),
            }),
            Value::Array(values) => values.iter().any(spares),
            _ => false,
        }
    }
    spares(&serde_json::to_value(&seed.exchange).unwrap())
}

fn has_blocks(seed: &Seed) -> bool {
    seed.exchange.allow_block_entries.iter().any(|entry| entry.get("action").is_some_and(|action| action == "Block"))
}

/// The tenant with whatever waits for a moderator let pass.
fn released(seed: &Seed) -> Seed {
    let mut seed = seed.clone();
    let exchange = &mut seed.exchange;
    let mailboxes = exchange.mailboxes.iter_mut().chain(&mut exchange.shared_mailboxes).map(|one| &mut one.properties);
    let lists = exchange.lists.iter_mut().map(|one| &mut one.properties);
    let groups = exchange.groups.iter_mut().map(|one| &mut one.properties);
    for properties in mailboxes.chain(lists).chain(groups) {
        properties.remove("moderationEnabled");
    }
    for rule in &mut exchange.transport_rules {
        rule.remove("moderateMessageByUser");
    }
    seed
}

/// Every choice of the words that rules look for.
fn subjects(seed: &Seed) -> Vec<String> {
    let exchange = &seed.exchange;
    let mailboxes = exchange.mailboxes.iter().chain(&exchange.shared_mailboxes);
    let rules = exchange.transport_rules.iter().chain(mailboxes.flat_map(|mailbox| &mailbox.inbox_rules));
    let words = rules.filter_map(|rule| rule.get("subjectContainsWords")?.get(0)?.as_str());
    let words: BTreeSet<&str> = words.collect();
    words.into_iter().fold(vec!["Notice".to_owned()], |mut subjects, word| {
        let with: Vec<String> = subjects.iter().map(|subject| format!("{subject} {word}")).collect();
        subjects.extend(with);
        subjects
    })
}
