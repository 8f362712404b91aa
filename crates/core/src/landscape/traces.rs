//! What became of real mail of Microsoft's notice senders, after the message trace (DOMAIN E4).
//!
//! Invariant: the latest message of each sender to each recipient, and of it no more than when it came and what became of it. A
//! recipient without an entry says nothing: Microsoft may have sent none.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// See the module.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Traces {
    latest: BTreeMap<Box<str>, Vec<Traced>>,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traced {
    /// Whose: one of [`NOTICE_SENDERS`](crate::routing::NOTICE_SENDERS), by its address.
    pub sender: &'static str,
    /// What became of it.
    pub status: TraceStatus,
    /// When Exchange received it.
    pub received: Timestamp,
}

/// `Status` of Get-MessageTraceV2 ("Trace an email message", Microsoft). That a message is still under way (`Pending`,
/// `GettingStatus`) says nothing, and is no status here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TraceStatus {
    /// A status that this version does not know.
    Other,
    /// It was delivered to its destination: the mailbox, where rules of the mailbox's own may have taken it from the inbox, or
    /// the next mail server.
    Delivered,
    /// It was passed on to the members of a list; nothing is delivered to the list itself. Whether mail that a rule or a mailbox
    /// sends on is called so too is not documented.
    Expanded,
    /// It was marked as spam.
    FilteredAsSpam,
    /// It was put into quarantine.
    Quarantined,
    /// It was not delivered.
    Failed,
}

impl TraceStatus {
    /// Whether the message did not come to where people look.
    pub fn is_lost(self) -> bool {
        match self {
            Self::FilteredAsSpam | Self::Quarantined | Self::Failed => true,
            Self::Delivered | Self::Expanded | Self::Other => false,
        }
    }

    /// The status as Exchange writes it; of one that is not known, nothing.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Other => "Other",
            Self::Delivered => "Delivered",
            Self::Expanded => "Expanded",
            Self::FilteredAsSpam => "FilteredAsSpam",
            Self::Quarantined => "Quarantined",
            Self::Failed => "Failed",
        }
    }

    /// What happened to the message, after "was".
    pub fn words(self) -> &'static str {
        match self {
            Self::Other => "traced with a status that this version does not know",
            Self::Delivered => "delivered",
            Self::Expanded => "passed on",
            Self::FilteredAsSpam => "marked as spam",
            Self::Quarantined => "quarantined",
            Self::Failed => "not delivered",
        }
    }
}

impl Traces {
    /// Takes in a message to a recipient ([folded](super::fold)): the latest of each sender stays. Of several in one moment, of
    /// which none is the latest, the one that arrived stays.
    pub fn add(&mut self, recipient: Box<str>, traced: Traced) {
        add(self.latest.entry(recipient).or_default(), traced);
    }

    /// The latest messages to an address (folded), by sender.
    pub fn of(&self, address: &str) -> &[Traced] {
        self.latest.get(address).map_or(&[], |traced| traced)
    }

    /// The latest messages to any of a recipient's addresses (folded): which of them the trace names, where mail was sent to
    /// another one, is not documented.
    pub fn of_any(&self, addresses: impl IntoIterator<Item = Box<str>>) -> Vec<Traced> {
        let mut all = Vec::new();
        for address in addresses {
            for traced in self.of(&address) {
                add(&mut all, *traced);
            }
        }
        all
    }
}

fn add(known: &mut Vec<Traced>, traced: Traced) {
    match known.iter_mut().find(|one| one.sender == traced.sender) {
        None => {
            let at = known.partition_point(|one| one.sender < traced.sender);
            known.insert(at, traced);
        }
        Some(one) => {
            let newer = traced.received > one.received;
            if newer || (traced.received == one.received && traced.status < one.status) {
                *one = traced;
            }
        }
    }
}

/// Without addresses.
impl std::fmt::Debug for Traces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Traces").field("recipients", &self.latest.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENDER: &str = "microsoft-noreply@microsoft.com";

    fn traced(sender: &'static str, status: TraceStatus, at: i64) -> Traced {
        Traced { sender, status, received: Timestamp::from_second(at).unwrap() }
    }

    #[test]
    fn e4_the_latest_message_of_each_sender_stays_whatever_the_order() {
        let lost = traced(SENDER, TraceStatus::Quarantined, 1);
        let arrived = traced(SENDER, TraceStatus::Delivered, 2);
        let other = traced("maccount@microsoft.com", TraceStatus::Failed, 0);
        for rows in [[lost, arrived, other], [other, arrived, lost]] {
            let mut traces = Traces::default();
            for row in rows {
                traces.add("a@contoso.com".into(), row);
            }
            assert_eq!(traces.of("a@contoso.com"), [other, arrived]);
        }
    }

    #[test]
    fn g2_of_two_messages_in_one_moment_the_lost_one_is_not_called_the_latest() {
        for rows in [[TraceStatus::Quarantined, TraceStatus::Delivered], [TraceStatus::Delivered, TraceStatus::Failed]]
        {
            let mut traces = Traces::default();
            for status in rows {
                traces.add("a@contoso.com".into(), traced(SENDER, status, 1));
            }
            assert_eq!(traces.of("a@contoso.com"), [traced(SENDER, TraceStatus::Delivered, 1)]);
        }
    }

    #[test]
    fn a_recipients_addresses_are_looked_at_together() {
        let mut traces = Traces::default();
        traces.add("a@contoso.com".into(), traced(SENDER, TraceStatus::Failed, 1));
        traces.add("b@contoso.com".into(), traced(SENDER, TraceStatus::Delivered, 2));
        let both = traces.of_any(["a@contoso.com".into(), "b@contoso.com".into(), "c@contoso.com".into()]);
        assert_eq!(both, [traced(SENDER, TraceStatus::Delivered, 2)]);
        assert!(!format!("{traces:?}").contains('@'));
    }
}
