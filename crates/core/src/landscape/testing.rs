//! Parts of landscapes for tests: the ordinary case, from which a test differs in one thing.

use uuid::Uuid;

use super::{
    ContentFilter, Person, PolicyScope, Reference, SpamAction, TransportRule, TransportVerdict, Trustee, fold,
};
use crate::{
    field::OF_ACCOUNTS,
    model::{Account, Fact},
};

/// An address or a domain, which have a dot, or a recipient by its key.
impl From<&str> for Reference {
    fn from(text: &str) -> Self {
        if text.contains(['@', '.']) { Self::Address(fold(text)) } else { Self::Recipient(fold(text)) }
    }
}

/// Somebody by a sign-in name or by a recipient's key.
impl From<&str> for Trustee {
    fn from(name: &str) -> Self {
        Self { name: name.into(), recipient: name.into() }
    }
}

/// An enabled cloud-only member without mail.
pub(crate) fn person(id: Uuid, name: &str) -> Person {
    let mut account = Account::new(id, name.into());
    account.mail = Fact::Absent;
    account.enabled = Fact::Present(true);
    account.synchronised = Fact::Absent;
    for field in OF_ACCOUNTS {
        account.put(field, Fact::Absent);
    }
    Person {
        account,
        display_name: name.into(),
        proxy_addresses: Fact::Absent,
        guest: Fact::Present(false),
        exchange_plan: Fact::Absent,
    }
}

/// An enforced transport rule for everybody's mail.
pub(crate) fn transport_rule(name: &str, verdict: TransportVerdict) -> TransportRule {
    TransportRule {
        name: name.into(),
        enforced: true,
        from_outside: None,
        from: [].into(),
        sender_domains: [].into(),
        sent_to: [].into(),
        sent_to_members_of: [].into(),
        recipient_domains: [].into(),
        to_inside: None,
        from_members_of: [].into(),
        except_from: [].into(),
        except_from_members_of: [].into(),
        except_sender_domains: [].into(),
        except_sent_to_members_of: [].into(),
        except_recipient_domains: [].into(),
        except_sent_to: [].into(),
        other_conditions: false,
        verdicts: [verdict].into(),
        stops: false,
    }
}

/// An anti-spam policy for everybody's mail that lets nobody through.
pub(crate) fn content_filter(name: &str) -> ContentFilter {
    ContentFilter {
        name: name.into(),
        scope: PolicyScope::default(),
        allowed_senders: [].into(),
        allowed_domains: [].into(),
        blocked_senders: [].into(),
        blocked_domains: [].into(),
        spam: SpamAction::Junk,
        high_confidence_spam: SpamAction::Junk,
        redirect_to: [].into(),
        bulk: SpamAction::Junk,
        bulk_threshold: None,
    }
}
