//! Details: what has to be asked one by one, ten or twenty in a request.

use std::collections::{BTreeMap, BTreeSet};

use tenant_contacts_core::{
    landscape::{InboxRules, Landscape, RecipientKey, RecipientKind, Wanted},
    model::{Fact, Unknown},
};
use uuid::Uuid;

use super::{exchange as read_exchange, inbox, tenant::TenantSurvey, unknown};
use crate::{
    auth::Grants,
    directory::topology::{members_item, members_of},
    exchange::{Cmdlet, Command},
    graph::{Order, send_batch},
    object::{Object, Unreadable},
};

/// Reads `wanted`; each of them is known afterwards, or unknown with its reason.
pub(super) async fn read(survey: &TenantSurvey, wanted: &BTreeSet<Wanted>, landscape: &mut Landscape) {
    let groups: Vec<Uuid> = wanted.iter().filter_map(group).collect();
    let inboxes: Vec<RecipientKey> = wanted.iter().filter_map(inbox_of).collect();
    let cmdlets: Vec<(&Wanted, Option<Command>)> = wanted
        .iter()
        .filter(|one| !matches!(one, Wanted::GroupMembers(_) | Wanted::Inbox(_) | Wanted::MailExchangers(_)))
        .map(|one| (one, command(one, landscape)))
        .collect();
    let accounts: Vec<(RecipientKey, Option<Uuid>)> =
        inboxes.into_iter().map(|key| (account_of(&key, landscape), key)).map(|(id, key)| (key, id)).collect();
    survey.exchange.begin();
    let (members, counts, outputs) =
        futures::join!(group_members(survey, &groups), inbox_counts(survey, accounts), run(survey, cmdlets),);
    landscape.directory.group_members.extend(members);
    landscape.exchange.inboxes.extend(counts);
    for domain in wanted.iter().filter_map(domain) {
        landscape.mail_exchangers.insert(domain, unknown::failed("the mail exchangers of a domain"));
    }
    take_in(survey, outputs, landscape).await;
}

fn group(wanted: &Wanted) -> Option<Uuid> {
    if let Wanted::GroupMembers(id) = wanted { Some(*id) } else { None }
}

fn inbox_of(wanted: &Wanted) -> Option<RecipientKey> {
    if let Wanted::Inbox(key) = wanted { Some(key.clone()) } else { None }
}

fn domain(wanted: &Wanted) -> Option<Box<str>> {
    if let Wanted::MailExchangers(domain) = wanted { Some(domain.clone()) } else { None }
}

async fn group_members(survey: &TenantSurvey, groups: &[Uuid]) -> Vec<(Uuid, Fact<BTreeSet<Uuid>>)> {
    let items: Vec<_> = groups.iter().map(members_item).collect();
    let outcomes = send_batch(&survey.graph, "groupMembers", &items, Order::Parallel).await;
    let mut members = Vec::with_capacity(groups.len());
    for (group, outcome) in groups.iter().zip(&outcomes) {
        let fact = match members_of(&survey.graph, outcome).await {
            Ok(Ok(people)) => Fact::Present(people.into_iter().collect()),
            Ok(Err(why)) => Fact::Unknown(why),
            Err(_) => unknown::failed("the members of a group"),
        };
        members.push((*group, fact));
    }
    members
}

async fn inbox_counts(
    survey: &TenantSurvey,
    accounts: Vec<(RecipientKey, Option<Uuid>)>,
) -> Vec<(RecipientKey, Fact<tenant_contacts_core::landscape::InboxCounts>)> {
    let (known, unknown): (Vec<_>, Vec<_>) = accounts.into_iter().partition(|(_, id)| id.is_some());
    let ids: Vec<Uuid> = known.iter().filter_map(|(_, id)| *id).collect();
    let facts = inbox::counts(&survey.graph, &ids).await;
    let read = known.into_iter().map(|(key, _)| key).zip(facts);
    read.chain(unknown.into_iter().map(|(key, _)| (key, unknown::failed("which account a mailbox belongs to"))))
        .collect()
}

/// The account behind a mailbox.
fn account_of(key: &RecipientKey, landscape: &Landscape) -> Option<Uuid> {
    landscape.exchange.recipients.present()?.get(key)?.directory_id
}

/// How a recipient is named to a cmdlet: by its address, which every cmdlet takes, or by its own name.
fn identity(key: &RecipientKey, landscape: &Landscape) -> String {
    let recipient = landscape.exchange.recipients.present().and_then(|recipients| recipients.get(key));
    recipient.and_then(|recipient| recipient.primary.as_deref()).unwrap_or(key).to_owned()
}

/// The cmdlet that tells a detail. `None` where there is no such recipient.
fn command(wanted: &Wanted, landscape: &Landscape) -> Option<Command> {
    let (Wanted::Members(key)
    | Wanted::Subscribers(key)
    | Wanted::FullAccess(key)
    | Wanted::InboxRules(key)
    | Wanted::Size(key)) = wanted
    else {
        return None;
    };
    let kind = &landscape.exchange.recipients.present()?.get(key)?.kind;
    let of = |cmdlet| Command::new(cmdlet).with("Identity", identity(key, landscape));
    Some(match (wanted, kind) {
        (Wanted::Members(_), RecipientKind::List { dynamic: true }) => {
            of(Cmdlet::DynamicDistributionGroupMember).unlimited()
        }
        (Wanted::Members(_), RecipientKind::Group) => {
            of(Cmdlet::UnifiedGroupLinks).with("LinkType", "Members").unlimited()
        }
        (Wanted::Members(_), _) => of(Cmdlet::DistributionGroupMember).unlimited(),
        (Wanted::Subscribers(_), _) => of(Cmdlet::UnifiedGroupLinks).with("LinkType", "Subscribers").unlimited(),
        (Wanted::FullAccess(_), _) => of(Cmdlet::MailboxPermission).unlimited(),
        (Wanted::InboxRules(_), _) => {
            Command::new(Cmdlet::InboxRule).with("Mailbox", identity(key, landscape)).with("IncludeHidden", true)
        }
        (Wanted::Size(_), _) => of(Cmdlet::MailboxStatistics),
        (Wanted::GroupMembers(_) | Wanted::Inbox(_) | Wanted::MailExchangers(_), _) => return None,
    })
}

/// What a cmdlet gave for a detail.
type Output = (Wanted, Result<Vec<Object>, Unknown>);

async fn run(survey: &TenantSurvey, cmdlets: Vec<(&Wanted, Option<Command>)>) -> Vec<Output> {
    let (known, nobody): (Vec<_>, Vec<_>) = cmdlets.into_iter().partition(|(_, command)| command.is_some());
    let commands: Vec<Command> = known.iter().filter_map(|(_, command)| command.clone()).collect();
    // A token that is refused says so with every command.
    let grants = survey.exchange.grants().await.unwrap_or_else(|_| Grants::default());
    let outputs = survey.exchange.run_all(&commands).await;
    let read = known.into_iter().zip(outputs).map(|((wanted, _), output)| {
        (wanted.clone(), output.map_err(|error| unknown::of_exchange(&error, &grants, what(wanted))))
    });
    let missing = nobody.into_iter().map(|(wanted, _)| (wanted.clone(), Err(Unknown::ReadFailed(what(wanted).into()))));
    read.chain(missing).collect()
}

fn what(wanted: &Wanted) -> &'static str {
    match wanted {
        Wanted::GroupMembers(_) => "the members of a group",
        Wanted::Members(_) => "the members of a list",
        Wanted::Subscribers(_) => "who follows a Microsoft 365 group",
        Wanted::FullAccess(_) => "the permissions on a mailbox",
        Wanted::InboxRules(_) => "the inbox rules of a mailbox",
        Wanted::Size(_) => "the size of a mailbox",
        Wanted::Inbox(_) => "what lies in an inbox",
        Wanted::MailExchangers(_) => "the mail exchangers of a domain",
    }
}

async fn take_in(survey: &TenantSurvey, outputs: Vec<Output>, landscape: &mut Landscape) {
    let names = survey.names();
    let mut without_rules: BTreeMap<RecipientKey, Unknown> = BTreeMap::new();
    let mut rules: BTreeMap<RecipientKey, Vec<Object>> = BTreeMap::new();
    let exchange = &mut landscape.exchange;
    for (wanted, output) in outputs {
        let text = what(&wanted);
        match (wanted, output) {
            (Wanted::Members(key), Ok(objects)) => {
                exchange.members.insert(key, read_exchange::links(&objects, &names, text));
            }
            (Wanted::Members(key), Err(why)) => {
                exchange.members.insert(key, Fact::Unknown(why));
            }
            (Wanted::Subscribers(key), Ok(objects)) => {
                exchange.subscribers.insert(key, read_exchange::links(&objects, &names, text));
            }
            (Wanted::Subscribers(key), Err(why)) => {
                exchange.subscribers.insert(key, Fact::Unknown(why));
            }
            (Wanted::FullAccess(key), Ok(objects)) => {
                let (granted, denied) = read_exchange::full_access(&objects, &names);
                if !denied.is_empty() {
                    exchange.denied_access.insert(key.clone(), denied);
                }
                exchange.full_access.insert(key, granted);
            }
            (Wanted::FullAccess(key), Err(why)) => {
                exchange.full_access.insert(key, Fact::Unknown(why));
            }
            (Wanted::Size(key), Ok(objects)) => {
                exchange.sizes.insert(key, read_exchange::size(&objects));
            }
            (Wanted::Size(key), Err(why)) => {
                exchange.sizes.insert(key, Fact::Unknown(why));
            }
            (Wanted::InboxRules(key), Ok(objects)) => {
                rules.insert(key, objects);
            }
            (Wanted::InboxRules(key), Err(why)) => {
                without_rules.insert(key, why);
            }
            (Wanted::GroupMembers(_) | Wanted::Inbox(_) | Wanted::MailExchangers(_), _) => {}
        }
    }
    for (key, rules) in inbox_rules(survey, rules, landscape).await {
        match rules {
            Ok(rules) => {
                landscape.exchange.inbox_rules.insert(key, Fact::Present(rules));
            }
            Err(why) => {
                without_rules.insert(key, why);
            }
        }
    }
    rules_from_graph(survey, without_rules, landscape).await;
}

/// Inbox rules out of what Exchange gave. Where that does not say which are hidden, the listing without them tells.
async fn inbox_rules(
    survey: &TenantSurvey,
    given: BTreeMap<RecipientKey, Vec<Object>>,
    landscape: &Landscape,
) -> Vec<(RecipientKey, Result<InboxRules, Unknown>)> {
    let names = survey.names();
    let what = "the inbox rules of a mailbox";
    let open: Vec<&RecipientKey> =
        given.iter().filter(|(_, rules)| read_exchange::leaves_hidden_open(rules)).map(|(key, _)| key).collect();
    let visible = |key: &RecipientKey| Command::new(Cmdlet::InboxRule).with("Mailbox", identity(key, landscape));
    let commands: Vec<Command> = open.iter().map(|key| visible(key)).collect();
    let shown = survey.exchange.run_all(&commands).await;
    let shown: BTreeMap<&RecipientKey, _> = open.into_iter().zip(shown).collect();
    let read = given.iter().map(|(key, rules)| {
        let unreadable = |Unreadable| Unknown::ReadFailed(what.into());
        let read = match shown.get(key) {
            None => read_exchange::inbox_rules(rules, None, &names).map_err(unreadable),
            Some(Ok(shown)) => read_exchange::inbox_rules(rules, Some(shown), &names).map_err(unreadable),
            Some(Err(_)) => Err(Unknown::ReadFailed(what.into())),
        };
        (key.clone(), read)
    });
    read.collect()
}

/// What Exchange does not tell of inbox rules, Graph tells in part: not the hidden ones.
async fn rules_from_graph(survey: &TenantSurvey, wanted: BTreeMap<RecipientKey, Unknown>, landscape: &mut Landscape) {
    let (mut keys, mut ids) = (Vec::new(), Vec::new());
    for (key, why) in wanted {
        match account_of(&key, landscape) {
            Some(id) => {
                keys.push((key, why));
                ids.push(id);
            }
            None => {
                landscape.exchange.inbox_rules.insert(key, Fact::Unknown(why));
            }
        }
    }
    for ((key, why), fact) in keys.into_iter().zip(inbox::rules(&survey.graph, &ids).await) {
        // What Exchange said comes first: its permission tells more.
        let fact = if fact.known().is_ok() { fact } else { Fact::Unknown(why) };
        landscape.exchange.inbox_rules.insert(key, fact);
    }
}
