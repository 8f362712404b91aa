//! Names of groups, asked for one by one.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use uuid::Uuid;

use crate::{
    graph::{BatchItem, ItemOutcome, Order, odata::Path, send_batch},
    send::Sender,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    display_name: Option<Box<str>>,
}

/// The names of those that are groups and may be read. Nothing is sent for none.
pub(in crate::survey) async fn group_names(sender: &Sender, ids: &BTreeSet<Uuid>) -> BTreeMap<Uuid, Box<str>> {
    let item = |id: &Uuid| {
        let path = Path::new("groups").key(&id.to_string()).unwrap_or_else(|_| Path::new("groups"));
        BatchItem::get(path.select(&["displayName"]))
    };
    let items: Vec<BatchItem> = ids.iter().map(item).collect();
    let outcomes = send_batch(sender, "groupNames", &items, Order::Parallel).await;
    let named = ids.iter().zip(&outcomes).filter_map(|(id, outcome)| match outcome {
        ItemOutcome::Done(reply) => Some((*id, reply.json::<Group>().ok()?.display_name?)),
        _ => None,
    });
    named.filter(|(_, name)| !name.trim().is_empty()).collect()
}
