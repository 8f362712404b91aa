//! Who holds a directory role, and which address of theirs a notice goes to (DOMAIN B4, F2, F3).

use std::collections::{BTreeMap, BTreeSet};

use tenant_contacts_api::{notice::Selected, obstacle::Obstacle};
use uuid::Uuid;

use super::picked::Picked;
use crate::{
    answer::{Blockage, HopKind, NodeId, NodeKind},
    landscape::{Assignment, Person, Principal, Wanted},
    model::{Fact, Unknown, role},
    routing::{
        gaps::Reading,
        walk::{Walk, person_name, unread},
    },
};

/// Which addresses of an account a notice goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::routing) enum Uses {
    /// The primary address.
    Primary,
    /// The primary address and all alternate ones.
    PrimaryAndAlternates,
    /// The primary address, or the alternate ones where there is none.
    PrimaryElseAlternates,
}

/// An account that holds a role.
pub(in crate::routing) struct Holder<'a> {
    pub(super) id: Uuid,
    /// `None`: accounts could not be read.
    pub(super) person: Option<&'a Person>,
    pub(super) role: Uuid,
    /// The role-assignable group that it holds the role through.
    group: Option<(Uuid, &'a str)>,
    /// Whether it is a recipient as far as the account and its assignment go.
    pub(super) own: Selected,
    pub(super) why: Option<Blockage>,
}

/// Others that a role is assigned to.
struct Other<'a> {
    role: Uuid,
    kind: NodeKind,
    name: &'a str,
    why: Blockage,
}

/// Whether a tier has somebody who is told (DOMAIN F2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fill {
    /// Nobody holds its roles actively.
    Empty,
    /// Somebody does, and whether that counts is not documented.
    Doubtful,
    /// An enabled account does, in the whole tenant.
    Filled,
}

/// Who holds some roles.
#[derive(Default)]
pub(in crate::routing) struct Holders<'a> {
    /// Accounts, by id: each once, by its best assignment.
    pub(in crate::routing) people: BTreeMap<Uuid, Holder<'a>>,
    others: Vec<Other<'a>>,
    /// Whether anything is assigned actively, to whomever.
    assigned: bool,
}

impl<'a> Holders<'a> {
    pub(super) fn fill(&self) -> Fill {
        if self.people.values().any(|holder| holder.own == Selected::Yes) {
            Fill::Filled
        } else if self.assigned {
            Fill::Doubtful
        } else {
            Fill::Empty
        }
    }

    /// How many are recipients, certainly or perhaps.
    pub(super) fn perhaps(&self) -> usize {
        self.people.values().filter(|holder| holder.own > Selected::No).count()
    }

    /// Those who hold a role now, less some accounts: who would have to activate it, and applications, are nobody to name
    /// where a notice is for whoever looks.
    pub(super) fn actively(mut self, less: &BTreeSet<Uuid>) -> Self {
        self.people.retain(|id, holder| holder.own > Selected::No && !less.contains(id));
        self.others.retain(|other| !matches!(other.kind, NodeKind::ServicePrincipal(_)));
        self
    }

    fn add(&mut self, holder: Holder<'a>) {
        let known = self.people.get(&holder.id);
        if known.is_none_or(|known| known.own < holder.own) {
            self.people.insert(holder.id, holder);
        }
    }
}

impl<'a> Walk<'a> {
    /// Who holds one of some roles. The error says why assignments are unknown.
    pub(in crate::routing) fn holders(&mut self, roles: &[Uuid]) -> Result<Holders<'a>, &'a Unknown> {
        let directory = &self.landscape.directory;
        let active = self.listed(&directory.active, Reading::Roles)?;
        let eligible = self.listed(&directory.eligible, Reading::EligibleRoles).ok().flatten();
        let mut found = Holders::default();
        let of_roles = |assignments: Option<&'a Box<[Assignment]>>| {
            assignments.into_iter().flatten().filter(|one| roles.contains(&one.role))
        };
        for assignment in of_roles(active) {
            self.graph.work += 1;
            self.assigned(assignment, &mut found);
        }
        for assignment in of_roles(eligible) {
            self.eligible(assignment, &mut found);
        }
        Ok(found)
    }

    fn assigned(&mut self, assignment: &'a Assignment, found: &mut Holders<'a>) {
        let role = assignment.role;
        match &assignment.principal {
            Principal::Person(id) => {
                if let Some(holder) = self.holder(*id, assignment, None) {
                    found.assigned = true;
                    found.add(holder);
                }
            }
            Principal::Other(id) => {
                found.assigned = true;
                if matches!(self.person(*id), Ok(Some(_))) {
                    self.holder(*id, assignment, None).into_iter().for_each(|holder| found.add(holder));
                    return;
                }
                let why = Blockage::new(Obstacle::NotReadable, "the service does not say what holds the role");
                found.others.push(Other { role, kind: NodeKind::Account(*id), name: "", why });
            }
            Principal::ServicePrincipal { id, display_name } => {
                found.assigned = true;
                let words = "whether an application that holds the role fills its tier is not documented";
                let why = Blockage::new(Obstacle::ServicePrincipal, words);
                found.others.push(Other { role, kind: NodeKind::ServicePrincipal(*id), name: display_name, why });
            }
            Principal::Group { id, display_name } => {
                found.assigned = true;
                let members = self.landscape.directory.group_members.get(id);
                match self.detail(members, Reading::GroupMembers, Wanted::GroupMembers(*id)) {
                    Err(why) => {
                        let why = unread(Reading::GroupMembers, why);
                        found.others.push(Other { role, kind: NodeKind::Group(*id), name: display_name, why });
                    }
                    Ok(members) => {
                        for member in members.into_iter().flatten() {
                            self.graph.work += 1;
                            if let Some(holder) = self.holder(*member, assignment, Some((*id, display_name))) {
                                found.add(holder);
                            }
                        }
                    }
                }
            }
        }
    }

    /// An account with an active assignment. `None`: there is no such account.
    fn holder(&mut self, id: Uuid, assignment: &Assignment, group: Option<(Uuid, &'a str)>) -> Option<Holder<'a>> {
        let (person, own, why) = match self.person(id) {
            Ok(None) => return None,
            Err(why) => (None, Selected::Unknown, Some(unread(Reading::Accounts, why))),
            Ok(Some(person)) => {
                let (own, why) = self.chosen(person, assignment.whole_tenant);
                match group {
                    Some((_, name)) if own == Selected::Yes => {
                        let words = format!(
                            "{} holds the role through the group {name}, and whether such a holder is notified is not documented",
                            person.user_principal_name
                        );
                        (Some(person), Selected::Unknown, Some(Blockage::new(Obstacle::ThroughGroup, words)))
                    }
                    Some(_) | None => (Some(person), own, why),
                }
            }
        };
        Some(Holder { id, person, role: assignment.role, group, own, why })
    }

    fn chosen(&mut self, person: &'a Person, whole_tenant: bool) -> (Selected, Option<Blockage>) {
        let name = &person.user_principal_name;
        match &person.enabled {
            Fact::Present(true) => {}
            Fact::Present(false) | Fact::Absent => {
                // Whether mail is sent to it all the same is not documented (contract §4): forwarding may take it on.
                let words = format!("the account {name} is disabled");
                return (Selected::Unknown, Some(Blockage::new(Obstacle::AccountDisabled, words)));
            }
            Fact::Unknown(why) => {
                self.gaps.add(Reading::Accounts, why);
                return (Selected::Unknown, Some(unread(Reading::Accounts, why)));
            }
        }
        if !whole_tenant {
            let words = format!("{name} holds the role in a part of the organization only");
            return (Selected::Unknown, Some(Blockage::new(Obstacle::ScopedRole, words)));
        }
        match &person.guest {
            Fact::Present(true) => {
                let words = format!("{name} is a guest");
                (Selected::Unknown, Some(Blockage::new(Obstacle::Guest, words)))
            }
            Fact::Present(false) | Fact::Absent => (Selected::Yes, None),
            Fact::Unknown(why) => {
                self.gaps.add(Reading::Accounts, why);
                (Selected::Unknown, Some(unread(Reading::Accounts, why)))
            }
        }
    }

    /// Eligible-only holders are no recipients (assumed, DOMAIN F2). Those of groups are shown where they are known anyway.
    fn eligible(&mut self, assignment: &'a Assignment, found: &mut Holders<'a>) {
        let (ids, group): (Vec<Uuid>, _) = match &assignment.principal {
            Principal::Person(id) | Principal::Other(id) => (vec![*id], None),
            Principal::Group { id, display_name } => {
                let members = self.landscape.directory.group_members.get(id).and_then(Fact::present);
                (members.into_iter().flatten().copied().collect(), Some((*id, &**display_name)))
            }
            Principal::ServicePrincipal { .. } => return,
        };
        for id in ids.into_iter().filter(|id| !found.people.contains_key(id)).collect::<Vec<_>>() {
            let Ok(Some(person)) = self.person(id) else { continue };
            let words = format!("{} is only eligible for the role", person.user_principal_name);
            let why = Some(Blockage::new(Obstacle::EligibleOnly, words));
            found
                .people
                .insert(id, Holder { id, person: Some(person), role: assignment.role, group, own: Selected::No, why });
        }
    }

    /// The place of an account.
    pub(super) fn account(&mut self, id: Uuid) -> NodeId {
        let landscape = self.landscape;
        self.graph.place(NodeKind::Account(id), || person_name(landscape, id))
    }

    fn role(&mut self, id: Uuid) -> NodeId {
        let name = || role::name(id).map_or_else(|| id.to_string().into(), Into::into);
        self.graph.place(NodeKind::Role(id), || (name(), None))
    }

    /// The recipients that holders of roles are. `at_most` is what is known of the roles' being asked at all, and why it is
    /// no more.
    pub(super) fn pick(
        &mut self,
        holders: &Holders<'a>,
        uses: Uses,
        at_most: Selected,
        why: Option<&Blockage>,
    ) -> Vec<Picked> {
        let mut found = Vec::new();
        for holder in holders.people.values() {
            let mut path = vec![self.role(holder.role)];
            if let Some((id, name)) = holder.group {
                let group = self.graph.place(NodeKind::Group(id), || (name.into(), None));
                self.graph.hop(path[0], group, HopKind::Holds, None);
                path.push(group);
            }
            let account = self.account(holder.id);
            let step = if path.len() > 1 { HopKind::Member } else { HopKind::Holds };
            self.graph.hop(path[path.len() - 1], account, step, None);
            path.push(account);
            let selected = holder.own.min(at_most);
            let unselected = if holder.own <= at_most { holder.why.clone() } else { why.cloned() };
            if selected == Selected::No {
                if let Some(why) = &unselected {
                    self.graph.fallback(account, why.clone());
                }
                found.push(Picked { path, selected, unselected });
                continue;
            }
            self.pick_addresses(account, holder.person, uses, &Picked { path, selected, unselected }, &mut found);
        }
        for other in &holders.others {
            let role = self.role(other.role);
            let label = if other.name.is_empty() { "unknown" } else { other.name };
            let at = self.graph.place(other.kind.clone(), || (label.into(), None));
            self.graph.hop(role, at, HopKind::Holds, None);
            if !matches!(other.kind, NodeKind::ServicePrincipal(_)) {
                self.graph.unknown(at, other.why.clone());
            }
            let selected = Selected::Unknown.min(at_most);
            found.push(Picked { path: vec![role, at], selected, unselected: Some(other.why.clone()) });
        }
        found
    }

    pub(super) fn pick_addresses(
        &mut self,
        account: NodeId,
        person: Option<&'a Person>,
        uses: Uses,
        picked: &Picked,
        found: &mut Vec<Picked>,
    ) {
        let addresses = self.send_to_account(account, person, uses);
        if addresses.places.is_empty() && !addresses.unknown {
            // Chosen all the same, and nothing is sent: a tier that such an account fills is filled.
            let person = person.map_or_else(Uuid::nil, |person| person.id);
            let nowhere = self.graph.place(NodeKind::NoAddress(person), || ("no address".into(), None));
            self.graph.hop(account, nowhere, HopKind::SentTo, None);
            let path = picked.path.iter().copied().chain([nowhere]).collect();
            found.push(Picked { path, selected: picked.selected, unselected: picked.unselected.clone() });
            return;
        }
        for end in addresses.places {
            let path = picked.path.iter().copied().chain([end]).collect();
            let (mut selected, mut unselected) = (picked.selected, picked.unselected.clone());
            if addresses.undocumented && selected == Selected::Yes {
                selected = Selected::Unknown;
                let words =
                    "the account has no primary address, and whether its alternate ones are used is not documented";
                unselected = Some(Blockage::new(Obstacle::NotReadable, words));
            }
            found.push(Picked { path, selected, unselected });
        }
        if addresses.unknown {
            // Other notices may reach the account at other addresses: that says nothing of this one.
            let words = "which address it is sent to could not be read";
            let why = picked.unselected.clone().unwrap_or_else(|| Blockage::new(Obstacle::NotReadable, words));
            let selected = picked.selected.min(Selected::Unknown);
            found.push(Picked { path: picked.path.clone(), selected, unselected: Some(why) });
        }
    }

    /// Follows the addresses of an account that a notice goes to.
    pub(super) fn send_to_account(&mut self, account: NodeId, person: Option<&'a Person>, uses: Uses) -> Addresses {
        let Some(person) = person else {
            if let Err(why) = self.landscape.directory.people.known() {
                self.graph.unknown(account, unread(Reading::Accounts, why));
            }
            return Addresses { places: Vec::new(), unknown: true, undocumented: false };
        };
        let mut found = Addresses { places: Vec::new(), unknown: false, undocumented: false };
        let mut addresses: Vec<&str> = Vec::new();
        let mut doubt = None;
        match self.listed(&person.mail, Reading::Accounts) {
            Ok(mail) => addresses.extend(mail.map(|mail| &**mail)),
            Err(why) => doubt = Some(why),
        }
        let alternates = match uses {
            Uses::Primary => false,
            Uses::PrimaryAndAlternates => true,
            // With the primary address unknown, whether they are used is unknown as well.
            Uses::PrimaryElseAlternates => addresses.is_empty() && doubt.is_none(),
        };
        found.undocumented = alternates && uses == Uses::PrimaryElseAlternates;
        if alternates {
            match self.listed(person.alternate_emails(), Reading::Accounts) {
                Ok(values) => addresses.extend(values.into_iter().flatten().map(|value| &**value)),
                Err(why) => doubt = doubt.or(Some(why)),
            }
        }
        let mut seen = BTreeSet::new();
        for address in addresses {
            let Some(to) = self.address(address) else { continue };
            if seen.insert(to) {
                self.graph.hop(account, to, HopKind::SentTo, None);
                found.places.push(to);
            }
        }
        if let Some(why) = doubt {
            found.unknown = true;
            self.graph.unknown(account, unread(Reading::Accounts, why));
        }
        found
    }
}

/// Where mail to an account goes.
pub(super) struct Addresses {
    places: Vec<NodeId>,
    /// Whether an address could not be read: there may be more.
    unknown: bool,
    /// Whether these addresses are used is not documented (B1).
    undocumented: bool,
}
