//! Whether mail to an account's own address would be read, as the answer about the whole tenant says it: what the condition
//! `Deliverable` goes by.

use std::collections::BTreeMap;

use tenant_contacts_api::{notice::Arrival, obstacle::Obstacle};
use uuid::Uuid;

use crate::{
    answer::{Answer, Node, NodeKind},
    landscape::fold,
};

/// What becomes of mail to the accounts that notices go to. Small: of each account a verdict, and no address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrivals(BTreeMap<Uuid, (Arrival, Option<Obstacle>)>);

impl Arrivals {
    /// What an answer says of mail to the primary address of each account in it.
    pub fn of(answer: &Answer) -> Self {
        let addresses: BTreeMap<&str, &Node> = answer
            .nodes
            .iter()
            .filter_map(|node| match &node.kind {
                NodeKind::Address(address) => Some((&**address, node)),
                _ => None,
            })
            .collect();
        let accounts = answer.nodes.iter().filter_map(|node| {
            let NodeKind::Account(id) = node.kind else { return None };
            let address = addresses.get(&*fold(node.address.as_deref()?))?;
            let why = address.blockages.first().map(|blockage| blockage.obstacle);
            Some((id, (address.arrival, why.filter(|why| why.leaves() == address.arrival))))
        });
        Self(accounts.collect())
    }

    /// What becomes of mail to an account's primary address, and the obstacle that decides it. `None`: no notice goes by the
    /// account, so it was not followed.
    pub fn of_account(&self, id: Uuid) -> Option<(Arrival, Option<Obstacle>)> {
        self.0.get(&id).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Blockage;

    fn node(kind: NodeKind, address: Option<&str>, arrival: Arrival, why: &[Obstacle]) -> Node {
        Node {
            kind,
            label: "a".into(),
            address: address.map(Into::into),
            hops: Vec::new(),
            arrival,
            blockages: why.iter().map(|why| Blockage::new(*why, "")).collect(),
            inherited: [].into(),
            unfollowed: [].into(),
            notices: [].into(),
        }
    }

    #[test]
    fn a17_mail_to_an_account_is_judged_by_its_own_address() {
        let account =
            |id: u128, address| node(NodeKind::Account(Uuid::from_u128(id)), address, Arrival::Deliverable, &[]);
        let address = |of: &str, arrival, why: &[Obstacle]| node(NodeKind::Address(of.into()), None, arrival, why);
        let answer = Answer {
            nodes: vec![
                // Its alternate address arrives, which is another question.
                account(1, Some("Ann@contoso.com")),
                address("ann@contoso.com", Arrival::Undeliverable, &[Obstacle::NoMailbox]),
                account(2, Some("bob@contoso.com")),
                address("bob@contoso.com", Arrival::Deliverable, &[]),
                account(3, None),
                account(4, Some("nobody@contoso.com")),
            ],
            ..Answer::default()
        };
        let arrivals = Arrivals::of(&answer);
        let of = |id: u128| arrivals.of_account(Uuid::from_u128(id));
        assert_eq!(of(1), Some((Arrival::Undeliverable, Some(Obstacle::NoMailbox))));
        assert_eq!(of(2), Some((Arrival::Deliverable, None)));
        assert_eq!((of(3), of(4), of(5)), (None, None, None), "what was not followed is not judged");
    }
}
