//! What every part of following a notice shares: what was read, what is still wanted, and the places met so far.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use tenant_contacts_api::notice::Category;
use uuid::Uuid;

use super::{
    gaps::{Gaps, Reading},
    graph::Graph,
    index::{self, Index},
    members::Closure,
    named::{is_public, named_senders},
    route::Route,
    senders::{Classes, Senders},
};
use crate::{
    answer::{Blockage, Declared, NodeId, NodeKind},
    landscape::{
        Landscape, Person, Recipient, RecipientKey, RecipientKind, Wanted, fold,
        written::{self, Flaw},
    },
    model::{Fact, Unknown},
};

/// See the module.
pub(super) struct Walk<'a> {
    pub(super) landscape: &'a Landscape,
    pub(super) declared: &'a Declared,
    pub(super) index: Index<'a>,
    pub(super) graph: Graph,
    pub(super) wanted: BTreeSet<Wanted>,
    pub(super) gaps: Gaps,
    /// Everybody in a list, by its key: policies and permissions name lists.
    pub(super) closures: BTreeMap<RecipientKey, Rc<Closure>>,
    /// What the organization's rules and filters make of mail to a recipient, by its class and the recipient's key.
    pub(super) routes: BTreeMap<(usize, RecipientKey), Rc<[Route]>>,
    /// Which categories are followed together.
    pub(super) classes: Classes,
}

impl<'a> Walk<'a> {
    pub(super) fn new(landscape: &'a Landscape, declared: &'a Declared) -> Self {
        let index = Index::new(landscape);
        let named = named_senders(landscape, &index);
        let classes = Classes::of(&named, is_public(landscape));
        let mut gaps = Gaps::default();
        if let Err(why) = landscape.domains.known()
            && classes != Classes::of(&named, true)
        {
            gaps.add(Reading::Domains, why);
        }
        Self {
            landscape,
            declared,
            index,
            classes,
            graph: Graph::default(),
            wanted: BTreeSet::new(),
            gaps,
            closures: BTreeMap::new(),
            routes: BTreeMap::new(),
        }
    }

    /// Whom the mail comes from that is followed now.
    pub(super) fn senders(&self) -> &Senders {
        &self.classes.senders[self.graph.class]
    }

    /// Follows from here on what is sent of a category.
    pub(super) fn of_category(&mut self, category: Category) {
        self.graph.class = self.classes.class(category);
    }

    /// A fact of a listing; an unknown one is a gap.
    pub(super) fn listed<T>(&mut self, fact: &'a Fact<T>, reading: Reading) -> Result<Option<&'a T>, &'a Unknown> {
        fact.known().inspect_err(|why| self.gaps.add(reading, why))
    }

    /// A detail that is read one by one: wanted where it was not read yet, a gap where it could not be.
    pub(super) fn detail<T>(
        &mut self,
        found: Option<&'a Fact<T>>,
        reading: Reading,
        wanted: Wanted,
    ) -> Result<Option<&'a T>, &'a Unknown> {
        if let Some(fact) = found {
            return self.listed(fact, reading);
        }
        self.wanted.insert(wanted);
        Err(&Unknown::NotRead)
    }

    /// An account by id. `Ok(None)`: there is no such account.
    pub(super) fn person(&mut self, id: Uuid) -> Result<Option<&'a Person>, &'a Unknown> {
        index::person(self.landscape, id).inspect_err(|why| self.gaps.add(Reading::Accounts, why))
    }

    /// The place of an address, or of an entry that is none and says so there. `None`: the entry is empty, and nothing is sent.
    pub(super) fn address(&mut self, entry: &str) -> Option<NodeId> {
        let text = match written::flaw(entry) {
            None => fold(entry),
            Some(Flaw::Empty) => return None,
            // As it is written: what Microsoft makes of it is not documented, so it is not taken for the address it holds.
            Some(_) => entry.to_lowercase().into(),
        };
        Some(self.graph.place(NodeKind::Address(text.clone()), || (text, None)))
    }

    /// The place of a recipient.
    pub(super) fn recipient(&mut self, recipient: &Recipient) -> NodeId {
        let key = recipient.key.clone();
        let kind = match &recipient.kind {
            RecipientKind::Mailbox(_) | RecipientKind::Other(_) => NodeKind::Mailbox(key),
            RecipientKind::MailUser { .. } | RecipientKind::Contact { .. } => NodeKind::Forwarder(key),
            RecipientKind::List { .. } => NodeKind::List(key),
            RecipientKind::Group => NodeKind::UnifiedGroup(key),
        };
        self.graph.place(kind, || (name(recipient), recipient.primary.clone()))
    }

    /// The place of somebody who reads.
    pub(super) fn reader(&mut self, id: Uuid) -> NodeId {
        let landscape = self.landscape;
        self.graph.place(NodeKind::Person(id), || person_name(landscape, id))
    }
}

/// What people call a recipient.
pub(super) fn name(recipient: &Recipient) -> Box<str> {
    let named = [&*recipient.display_name, recipient.primary.as_deref().unwrap_or_default(), &*recipient.key];
    named.into_iter().find(|name| !name.trim().is_empty()).unwrap_or_default().into()
}

/// What people call an account, and its address.
pub(super) fn person_name(landscape: &Landscape, id: Uuid) -> (Box<str>, Option<Box<str>>) {
    let Ok(Some(person)) = index::person(landscape, id) else { return (id.to_string().into(), None) };
    let label = if person.display_name.trim().is_empty() { &person.user_principal_name } else { &person.display_name };
    (label.clone(), person.mail.present().cloned())
}

/// A fact that decides and could not be read.
pub(super) fn unread(reading: Reading, why: &Unknown) -> Blockage {
    Blockage::unread(format!("{}: {why}", reading.what()), why)
}
