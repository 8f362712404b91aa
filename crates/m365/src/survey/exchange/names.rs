//! What recipients are called.
//!
//! Exchange's properties refer to a recipient by its Identity, and now and then by its distinguished name, its legacy name,
//! an id or an address. All of them lead to one key here.
//!
//! Invariant: a name that two recipients have leads to neither.

use std::collections::HashMap;

use tenant_contacts_core::landscape::{RecipientKey, RuleTarget, fold};

use super::recipient::Found;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Names {
    keys: HashMap<Box<str>, Option<RecipientKey>>,
    primaries: HashMap<RecipientKey, Box<str>>,
}

impl Names {
    /// Takes in a recipient's names.
    pub(super) fn add(&mut self, found: &Found) {
        let recipient = &found.recipient;
        let key = &recipient.key;
        for alias in &found.aliases {
            let alias = fold(alias);
            match self.keys.get_mut(&alias) {
                Some(known) if known.as_ref() == Some(key) => {}
                Some(known) => *known = None,
                None => {
                    self.keys.insert(alias, Some(key.clone()));
                }
            }
        }
        // The key is what it is, whoever else is called so.
        self.keys.insert(key.clone(), Some(key.clone()));
        if let Some(primary) = &recipient.primary {
            self.primaries.insert(key.clone(), fold(primary));
        }
    }

    /// The key that a reference leads to, if it leads to one recipient.
    pub(super) fn find(&self, reference: &str) -> Option<&RecipientKey> {
        self.keys.get(&fold(reference))?.as_ref()
    }

    /// The key that a reference leads to; a reference to nobody here is its own.
    pub(super) fn key(&self, reference: &str) -> RecipientKey {
        self.find(reference).cloned().unwrap_or_else(|| fold(reference))
    }

    /// Keys of references.
    pub(super) fn keys(&self, references: &[&str]) -> Box<[RecipientKey]> {
        references.iter().map(|reference| self.key(reference)).collect()
    }

    /// Whom a rule sends mail to: an address, a name, or as Outlook writes it `"Name" [SMTP:x@y]` or `"Name" [EX:/o=…]`.
    pub(super) fn target(&self, text: &str) -> RuleTarget {
        match bracketed(text) {
            Some(("SMTP", address)) if is_address(address) => RuleTarget::Address(fold(address)),
            Some((_, name)) => self.find(name).cloned().map_or(RuleTarget::Unreadable, RuleTarget::Recipient),
            None => {
                let bare = strip_prefix(text);
                if is_address(bare) {
                    return RuleTarget::Address(fold(bare));
                }
                self.find(bare).cloned().map_or(RuleTarget::Unreadable, RuleTarget::Recipient)
            }
        }
    }

    /// A sender as rules name it, folded: its address where one can be told, else the name.
    pub(super) fn sender(&self, text: &str) -> Box<str> {
        match self.target(text) {
            RuleTarget::Address(address) => address,
            RuleTarget::Recipient(key) => self.primaries.get(&key).cloned().unwrap_or(key),
            RuleTarget::Unreadable => fold(text),
        }
    }
}

/// `"Name" [TYPE:value]`: type and value. The name may have brackets of its own; the last pair counts.
fn bracketed(text: &str) -> Option<(&'static str, &str)> {
    let inner = text.trim().strip_suffix(']')?;
    let (_, inner) = inner.rsplit_once('[')?;
    let (kind, value) = inner.split_once(':')?;
    let kind = if kind.eq_ignore_ascii_case("SMTP") { "SMTP" } else { "EX" };
    Some((kind, value.trim()))
}

/// An address without the type before it: `smtp:` (lower or upper case).
pub(super) fn strip_prefix(text: &str) -> &str {
    let text = text.trim();
    match text.split_once(':') {
        Some((kind, address)) if kind.eq_ignore_ascii_case("smtp") => address.trim(),
        _ => text,
    }
}

fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        && !text.chars().any(char::is_whitespace)
}
