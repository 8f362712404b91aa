//! Everybody in a list, those of nested lists included: what policies and permissions that name a list mean by it.

use std::{collections::BTreeSet, rc::Rc};

use crate::{
    landscape::{RecipientKey, RecipientKind, Wanted},
    model::Unknown,
    routing::{gaps::Reading, index, walk::Walk},
};

/// See the module.
#[derive(Default)]
pub(in crate::routing) struct Closure {
    /// Keys of those in the list, nested lists included.
    pub(super) members: BTreeSet<RecipientKey>,
    /// What could not be read of it.
    pub(super) unread: Option<Unknown>,
}

impl Walk<'_> {
    /// Everybody in the list of a name (a key or an address). Cycles end, and each list is looked at once.
    pub(super) fn closure(&mut self, list: &str) -> Rc<Closure> {
        if let Some(known) = self.closures.get(list) {
            return Rc::clone(known);
        }
        let mut found = Closure::default();
        let mut open = Vec::new();
        let mut met = BTreeSet::new();
        match self.index.named(list) {
            Some(recipient) => open.push(recipient),
            // All recipients are known, and none has the address: a list that is gone has no members.
            None if index::domain(list).is_some() && self.landscape.exchange.recipients.known().is_ok() => {}
            // A security group without mail, say: Exchange does not list its members.
            None => found.unread = Some(Unknown::ReadFailed("the members of a group that is no recipient".into())),
        }
        while let Some(recipient) = open.pop() {
            if !met.insert(&recipient.key) {
                continue;
            }
            let (RecipientKind::List { .. } | RecipientKind::Group) = recipient.kind else { continue };
            let members = self.landscape.exchange.members.get(&recipient.key);
            match self.detail(members, Reading::Members, Wanted::Members(recipient.key.clone())) {
                Err(why) => found.unread = Some(why.clone()),
                Ok(members) => {
                    for key in members.into_iter().flatten() {
                        self.graph.work += 1;
                        if let Some(member) = self.index.named(key) {
                            found.members.insert(member.key.clone());
                            open.push(member);
                        }
                    }
                }
            }
        }
        let found = Rc::new(found);
        self.closures.insert(list.into(), Rc::clone(&found));
        found
    }
}
