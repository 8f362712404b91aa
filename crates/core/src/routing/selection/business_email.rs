//! Business emails: no interface tells them, so what is declared and attested is all that is known (DOMAIN A2, A4).

use std::collections::BTreeSet;

use tenant_contacts_api::{notice::Selected, obstacle::Obstacle};
use uuid::Uuid;

use super::picked::{Picked, Selection};
use crate::{
    answer::{Blockage, HopKind, NodeKind},
    attestation::attestation_holds,
    landscape::Behind,
    model::Fact,
    routing::walk::Walk,
};

const FIELD: &str = "businessEmail";

impl Walk<'_> {
    /// Declared business emails of administrators. One that somebody attested lately is taken to be used; another may be.
    /// Those of other administrators are counted in a note and make no answer unknown: a category that nobody else
    /// receives is not saved by an address that nobody knows. But that nobody receives it is then not certain.
    pub(super) fn business_emails(&mut self, selection: &mut Selection) {
        let administrators = self.administrators();
        let today = self.landscape.read_on();
        let mut known = BTreeSet::new();
        let declared = self.declared;
        for (name, contact) in &declared.contacts {
            let Some(email) = &contact.business_email else { continue };
            let Some(person) = self.index.person_named(name) else { continue };
            known.insert(person.id);
            let known_to_be = administrators.as_ref().map(|(all, complete)| (all.contains(&person.id), *complete));
            // A group that could not be read may make an administrator of anybody.
            if known_to_be == Some((false, true)) {
                continue;
            }
            let attested =
                contact.business_email_attested.zip(today).is_some_and(|(on, today)| attestation_holds(on, today));
            let (selected, unselected) = if attested && matches!(known_to_be, Some((true, _))) {
                (Selected::Yes, None)
            } else if attested {
                let words = format!("whether {name} is an administrator is not known");
                (Selected::Unknown, Some(Blockage::new(Obstacle::NotReadable, words)))
            } else {
                // It may be another one.
                selection.others = true;
                let words = format!("the business email of {name} has no valid attestation");
                (Selected::Unknown, Some(Blockage::new(Obstacle::NotReadable, words)))
            };
            let field = self.graph.place(NodeKind::Field(FIELD), || (FIELD.into(), None));
            let Some(to) = self.address(email) else { continue };
            self.graph.hop(field, to, HopKind::SentTo, None);
            selection.picked.push(Picked { path: vec![field, to], selected, unselected });
        }
        let undeclared = administrators.iter().flat_map(|(all, _)| all).filter(|id| !known.contains(*id)).count();
        // Where it is not known who is an administrator, there may be more.
        let all_known = administrators.as_ref().is_some_and(|(_, complete)| *complete);
        selection.others |= undeclared > 0 || !all_known;
        if undeclared > 0 {
            selection.notes.push(if undeclared == 1 {
                "The business email of one administrator is not declared and cannot be read: it may be notified as well."
                    .into()
            } else {
                format!(
                    "The business emails of {undeclared} administrators are not declared, and cannot be read: they may be notified as well."
                )
            });
        } else if !all_known {
            selection.notes.push(
                "Not all administrators are known, and business emails cannot be read: they may be notified as well."
                    .into(),
            );
        }
    }

    /// Enabled accounts that hold any role, and whether those are all of them. `None`: it is not known who does.
    fn administrators(&mut self) -> Option<(BTreeSet<Uuid>, bool)> {
        let directory = &self.landscape.directory;
        let people = directory.people.present()?;
        let mut found = BTreeSet::new();
        let mut complete = true;
        for assignment in directory.active.known().ok()?.into_iter().flatten() {
            match directory.behind(&assignment.principal) {
                Behind::Account(id) | Behind::Untold(id) => drop(found.insert(id)),
                Behind::Members(members) => found.extend(members),
                Behind::Unread(..) => complete = false,
                Behind::Application => {}
            }
        }
        found.retain(|id| match people.get(id).map(|person| &person.enabled) {
            Some(Fact::Present(enabled)) => *enabled,
            // It may be one.
            Some(Fact::Unknown(_)) => {
                complete = false;
                false
            }
            Some(Fact::Absent) | None => false,
        });
        Some((found, complete))
    }
}
