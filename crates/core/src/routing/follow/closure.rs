//! Who is in a list, those of nested lists included.

use std::{collections::BTreeSet, rc::Rc};

use crate::{
    landscape::{Recipient, RecipientKind, Reference, Wanted},
    model::Unknown,
    routing::{gaps::Reading, members::Closure, walk::Walk},
};

impl<'a> Walk<'a> {
    /// Everybody in the list that a reference leads to.
    pub(super) fn closure(&mut self, list: &Reference) -> Rc<Closure> {
        let unread = match self.index.referred(list) {
            Ok(Some(recipient)) => return self.closure_of(recipient),
            // All recipients are known, and none has the address: a list that is gone has no members.
            Ok(None) if self.landscape.exchange.recipients.known().is_ok() => None,
            // A security group without mail, say: Exchange does not list its members.
            Ok(None) => Some(Unknown::ReadFailed("the members of a group that is no recipient".into())),
            Err(untold) => Some(untold.why()),
        };
        Rc::new(Closure { unread, ..Closure::default() })
    }

    /// Everybody in a list. Cycles end, and each list is looked at once.
    pub(super) fn closure_of(&mut self, list: &'a Recipient) -> Rc<Closure> {
        if let Some(known) = self.closures.get(&list.key) {
            return Rc::clone(known);
        }
        let mut found = Closure::default();
        let mut open = vec![list];
        let mut met = BTreeSet::new();
        while let Some(recipient) = open.pop() {
            if !met.insert(&recipient.key) {
                continue;
            }
            let (RecipientKind::List { .. } | RecipientKind::Group) = recipient.kind else { continue };
            let members = self.landscape.exchange.members.get(&recipient.key);
            match self.detail(members, Reading::Members, Wanted::Members(recipient.key.clone())) {
                Err(why) => found.unread = Some(why.clone()),
                Ok(members) => {
                    for reference in members.into_iter().flatten() {
                        self.graph.work += 1;
                        match self.index.referred(reference) {
                            Ok(Some(member)) => {
                                found.members.insert(member.key.clone());
                                open.push(member);
                            }
                            Ok(None) => {}
                            Err(untold) => found.unread = Some(untold.why()),
                        }
                    }
                }
            }
        }
        let found = Rc::new(found);
        self.closures.insert(list.key.clone(), Rc::clone(&found));
        found
    }
}
