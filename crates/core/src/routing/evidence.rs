//! What became of real mail of Microsoft's senders, beside the answer (DOMAIN E4: "Best evidence: the trace of a real message from
//! that sender").
//!
//! It is shown, judged by a rule of its own (`policy/delivery.rs`), and changes no verdict:
//!
//! - It is about the past. A rule or policy that was made since stops the next message; a verdict speaks of mail sent now.
//! - It is about one message of one sender. Which sender a notice comes from is not documented, and filters grade each message.
//! - `Delivered` means that a mailbox or the next mail server took it. An inbox rule may have deleted it there, and whether anybody
//!   reads the mailbox it does not say; of addresses outside only a probe or an attestation tells (DOMAIN F5).
//! - Verdicts would lean on what cannot be read: with the filter unknown and a delivery of last week, an address would be called
//!   deliverable that the filter, once it can be read, is seen to block. A fact that becomes unknown must never do that.
//!
//! Invariant: a place's evidence is what the trace says of its own addresses. No evidence says nothing.

use std::collections::BTreeMap;

use super::{gaps::Reading, index, walk::Walk};
use crate::{
    answer::{NodeId, NodeKind},
    landscape::{Recipient, TraceStatus, Traced, Traces, fold},
};

impl<'a> Walk<'a> {
    /// The evidence for each place that has any. Called when all places are known.
    pub(super) fn evidence(&mut self) -> BTreeMap<NodeId, Vec<Traced>> {
        let traces = &self.landscape.exchange.traces;
        let kinds = self.graph.drafts.iter().map(|draft| &draft.kind);
        if let Err(why) = traces.known()
            && kinds.clone().any(|kind| matches!(kind, NodeKind::Address(_)))
        {
            self.gaps.add(Reading::MessageTrace, why);
        }
        let Some(traces) = traces.present() else { return BTreeMap::new() };
        let mut known = BTreeMap::new();
        let places = kinds.enumerate().filter_map(|(at, kind)| {
            let mut seen = self.seen(traces, kind, &mut known);
            seen.retain(|one| one.status != TraceStatus::Other);
            Some((NodeId::of(at)?, seen)).filter(|(_, seen)| !seen.is_empty())
        });
        places.collect()
    }

    /// What the trace says of a place; `known` is what it says of recipients, of whose addresses each may be a place.
    fn seen(&self, traces: &Traces, kind: &NodeKind, known: &mut BTreeMap<&'a str, Vec<Traced>>) -> Vec<Traced> {
        let mut of = |recipient: &'a Recipient| {
            known.entry(&recipient.key).or_insert_with(|| traces.of_any(index::addresses(recipient))).clone()
        };
        match kind {
            NodeKind::Address(address) => match self.index.recipient(address) {
                Some(recipient) => of(recipient),
                None => traces.of(address).to_vec(),
            },
            NodeKind::Outside(address) => traces.of(&fold(address)).to_vec(),
            NodeKind::Mailbox(key) | NodeKind::List(key) | NodeKind::UnifiedGroup(key) | NodeKind::Forwarder(key) => {
                self.index.keyed(key).map(of).unwrap_or_default()
            }
            NodeKind::Role(_)
            | NodeKind::Field(_)
            | NodeKind::BillingRole(_)
            | NodeKind::Group(_)
            | NodeKind::ServicePrincipal(_)
            | NodeKind::Account(_)
            | NodeKind::NoAddress(_)
            // What came through a gateway is traced at the address.
            | NodeKind::Gateway(_)
            | NodeKind::Person(_) => Vec::new(),
        }
    }
}
