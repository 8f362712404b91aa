//! What Graph tells of a mailbox: what lies in its inbox, and its rules as far as mail programs show them.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};
use tenant_contacts_core::{
    landscape::{InboxCounts, InboxRule, InboxRules, Reference, fold},
    model::Fact,
};
use uuid::Uuid;

use super::unknown;
use crate::{
    directory::{rest::rest, wire},
    graph::{BatchItem, ItemOutcome, Order, odata::Path, send_batch},
    send::{ErrorKind, Sender},
};

/// What reading the counts takes: not the messages themselves.
const COUNTS: &str = "Mail.ReadBasic.All";
/// What reading inbox rules takes.
const RULES: &str = "MailboxSettings.Read";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Folder {
    total_item_count: u64,
    unread_item_count: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    received_date_time: Box<str>,
}

fn item(account: &Uuid, path: &'static str) -> Path {
    // A UUID is always a valid segment.
    Path::new("users").key(&account.to_string()).unwrap_or_else(|_| Path::new("users")).then(path)
}

/// What lies in the inboxes of accounts, in their order.
pub(super) async fn counts(sender: &Sender, accounts: &[Uuid]) -> Vec<Fact<InboxCounts>> {
    let items: Vec<BatchItem> = accounts
        .iter()
        .map(|account| {
            BatchItem::get(item(account, "mailFolders/inbox").select(&["totalItemCount", "unreadItemCount"]))
        })
        .collect();
    let outcomes = send_batch(sender, "inboxes", &items, Order::Parallel).await;
    let mut facts: Vec<Fact<InboxCounts>> = outcomes.iter().map(count).collect();
    // Only of inboxes with something unread is it asked when that came.
    let unread: Vec<usize> = facts
        .iter()
        .enumerate()
        .filter(|(_, fact)| fact.present().is_some_and(|counts| counts.unread > 0))
        .map(|(index, _)| index)
        .collect();
    let items: Vec<BatchItem> = unread.iter().filter_map(|index| accounts.get(*index)).map(oldest).collect();
    let outcomes = send_batch(sender, "oldestUnread", &items, Order::Parallel).await;
    for (index, outcome) in unread.into_iter().zip(outcomes) {
        if let (Some(Fact::Present(counts)), ItemOutcome::Done(reply)) = (facts.get_mut(index), outcome) {
            let list = reply.json::<wire::List<Message>>().map(|list| list.value).unwrap_or_default();
            counts.oldest_unread =
                list.first().and_then(|message| message.received_date_time.parse::<Timestamp>().ok());
        }
    }
    facts
}

fn oldest(account: &Uuid) -> BatchItem {
    // What a list is ordered by has to come first in its filter (Microsoft Graph, "List messages"); every message is younger
    // than this date.
    let path = item(account, "mailFolders/inbox/messages")
        .filter("receivedDateTime ge 1900-01-01T00:00:00Z and isRead eq false")
        .option("$orderby", "receivedDateTime")
        .top(1)
        .select(&["receivedDateTime"]);
    BatchItem::get(path)
}

fn count(outcome: &ItemOutcome) -> Fact<InboxCounts> {
    let what = "what lies in an inbox";
    match outcome {
        ItemOutcome::Done(reply) => match reply.json::<Folder>() {
            Ok(Folder { total_item_count: total, unread_item_count: unread }) => {
                Fact::Present(InboxCounts { total, unread, oldest_unread: None })
            }
            Err(_) => unknown::failed(what),
        },
        // An account without a mailbox has no inbox.
        ItemOutcome::Refused(error) if error.kind == ErrorKind::NotFound => Fact::Absent,
        other => Fact::Unknown(unknown::of_item(other, COUNTS, what)),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    #[serde(default)]
    display_name: Option<Box<str>>,
    #[serde(default)]
    sequence: i64,
    is_enabled: bool,
    #[serde(default)]
    conditions: Option<Map<String, Value>>,
    #[serde(default)]
    exceptions: Option<Map<String, Value>>,
    #[serde(default)]
    actions: Option<Actions>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Actions {
    forward_to: Option<Vec<Recipient>>,
    forward_as_attachment_to: Option<Vec<Recipient>>,
    redirect_to: Option<Vec<Recipient>>,
    delete: Option<bool>,
    permanent_delete: Option<bool>,
    move_to_folder: Option<Box<str>>,
    stop_processing_rules: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recipient {
    email_address: Address,
}

#[derive(Deserialize)]
struct Address {
    #[serde(default)]
    address: Option<Box<str>>,
}

impl Recipient {
    fn target(self) -> Reference {
        match self.email_address.address {
            Some(address) if address.contains('@') => Reference::Address(fold(&address)),
            _ => Reference::Unreadable,
        }
    }
}

/// The inbox rules of accounts, without hidden ones, in the accounts' order.
pub(super) async fn rules(sender: &Sender, accounts: &[Uuid]) -> Vec<Fact<InboxRules>> {
    let items: Vec<BatchItem> =
        accounts.iter().map(|account| BatchItem::get(item(account, "mailFolders/inbox/messageRules"))).collect();
    let outcomes = send_batch(sender, "messageRules", &items, Order::Parallel).await;
    let what = "the inbox rules of a mailbox";
    let mut facts = Vec::with_capacity(outcomes.len());
    for outcome in &outcomes {
        facts.push(match rest::<Rule>(sender, outcome, "messageRules", RULES, what).await {
            Ok(Ok(rules)) => Fact::Present(InboxRules { rules: in_order(rules), hidden_read: false }),
            Ok(Err(why)) => Fact::Unknown(why),
            Err(_) => unknown::failed(what),
        });
    }
    facts
}

fn in_order(mut rules: Vec<Rule>) -> Box<[InboxRule]> {
    rules.retain(|rule| rule.is_enabled);
    rules.sort_by_key(|rule| rule.sequence);
    rules.into_iter().map(inbox_rule).collect()
}

fn inbox_rule(rule: Rule) -> InboxRule {
    let conditions = rule.conditions.unwrap_or_default();
    let exceptions = rule.exceptions.unwrap_or_default();
    // Senders that cannot be read are a condition that cannot be judged, and so are such exceptions.
    let (from, strange_from) = senders(conditions.get("fromAddresses"));
    let (except_from, strange_except) = senders(exceptions.get("fromAddresses"));
    let others = conditions.iter().chain(&exceptions).filter(|(name, _)| *name != "fromAddresses");
    let other_conditions = strange_from || strange_except || others.into_iter().any(|(_, value)| says_something(value));
    let actions = rule.actions.unwrap_or_default();
    let targets = |lists: Vec<Option<Vec<Recipient>>>| -> Box<[Reference]> {
        lists.into_iter().flatten().flatten().map(Recipient::target).collect()
    };
    InboxRule {
        name: rule.display_name.unwrap_or_default(),
        hidden: false,
        from,
        except_from,
        other_conditions,
        forward_to: targets(vec![actions.forward_to, actions.forward_as_attachment_to]),
        redirect_to: targets(vec![actions.redirect_to]),
        deletes: actions.delete == Some(true) || actions.permanent_delete == Some(true),
        moves_to: actions.move_to_folder,
        stops: actions.stop_processing_rules == Some(true),
    }
}

/// The senders that a condition names, and whether they could not be read.
fn senders(condition: Option<&Value>) -> (Box<[Reference]>, bool) {
    let from = condition.map_or(Ok(Vec::new()), |from| {
        serde_json::from_value::<Option<Vec<Recipient>>>(from.clone()).map(Option::unwrap_or_default)
    });
    match from {
        // One that is not named is a sender all the same: without it the rule would be for more messages.
        Ok(from) => (from.into_iter().map(Recipient::target).collect(), false),
        Err(_) => (Box::default(), true),
    }
}

/// Graph gives conditions that are not set as null or not at all.
fn says_something(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false)) && *value != Value::Array(Vec::new())
}
