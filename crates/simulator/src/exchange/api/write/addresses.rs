//! What may become of a recipient's addresses. Contract §6.3, §10.25, §10.26.
//!
//! Invariant: there is always exactly one primary address; an address belongs to one object, deleted ones included.

use super::super::{call::Call, error::ExchangeError, parameters::Change};
use crate::{exchange::schema::recipient, schema::Entity};

fn is_smtp(entry: &str) -> bool {
    entry.split_once(':').is_some_and(|(prefix, _)| prefix.eq_ignore_ascii_case("smtp"))
}

/// The address of an entry, lower case and without its type.
fn address(entry: &str) -> String {
    entry.split_once(':').map_or(entry, |(_, address)| address).to_lowercase()
}

/// The addresses after a change. An array replaces everything, X500 and SIP addresses included; without types the first
/// one is primary. [EPS]
pub(crate) fn changed(before: &[String], change: &Change) -> Result<Vec<String>, ExchangeError> {
    let after = match change {
        Change::Replace(all) => {
            let untyped = all.iter().all(|entry| !entry.contains(':'));
            all.iter()
                .enumerate()
                .map(|(at, entry)| match entry.contains(':') {
                    true => entry.clone(),
                    false if untyped && at == 0 => format!("SMTP:{entry}"),
                    false => format!("smtp:{entry}"),
                })
                .collect()
        }
        Change::Alter { add, remove } => altered(before, add, remove)?,
    };
    let primaries = after.iter().filter(|entry| entry.starts_with("SMTP:")).count();
    if primaries != 1 {
        // Text UNV.
        return Err(ExchangeError::argument("There must be exactly one primary SMTP address."));
    }
    let mut seen = std::collections::BTreeSet::new();
    Ok(after.into_iter().filter(|entry| !is_smtp(entry) || seen.insert(address(entry))).collect())
}

fn altered(before: &[String], add: &[String], remove: &[String]) -> Result<Vec<String>, ExchangeError> {
    let mut after = before.to_vec();
    for entry in remove {
        let gone = address(entry);
        if after.iter().any(|have| have.starts_with("SMTP:") && address(have) == gone) {
            // Text UNV.
            return Err(ExchangeError::argument(format!(
                "The address '{gone}' is the primary SMTP address and can't be removed."
            )));
        }
        after.retain(|have| address(have) != gone);
    }
    for entry in add {
        let typed = if entry.contains(':') { entry.clone() } else { format!("smtp:{entry}") };
        if typed.starts_with("SMTP:") {
            after = promoted(&after, &address(&typed));
        } else if after.iter().all(|have| address(have) != address(&typed)) {
            after.push(typed);
        }
    }
    Ok(after)
}

/// The addresses with another primary one; the old one stays as an alias.
pub(crate) fn promoted(before: &[String], primary: &str) -> Vec<String> {
    let mut after = vec![format!("SMTP:{primary}")];
    for entry in before.iter().filter(|entry| !is_smtp(entry) || address(entry) != primary.to_lowercase()) {
        after.push(if is_smtp(entry) { format!("smtp:{}", &entry[5..]) } else { entry.clone() });
    }
    after
}

/// Checks new addresses: of an accepted domain, and nobody else's.
pub(crate) fn check(call: &Call<'_>, id: &str, before: &[String], after: &[String]) -> Result<(), ExchangeError> {
    let truth = call.truth();
    for entry in after.iter().filter(|entry| is_smtp(entry)) {
        let address = address(entry);
        if before.iter().any(|have| is_smtp(have) && self::address(have) == address) {
            continue;
        }
        let Some((local, domain)) = address.split_once('@').filter(|(local, _)| !local.is_empty()) else {
            return Err(ExchangeError::argument(format!("The address '{address}' is invalid.")));
        };
        debug_assert!(!local.is_empty());
        if truth.own.get(Entity::AcceptedDomain, domain).is_none() {
            // Text UNV.
            return Err(ExchangeError::argument(format!(
                "The domain '{domain}' isn't an accepted domain of your organization."
            )));
        }
        if let Some(holder) = truth.holder(&address).filter(|holder| **holder.id != *id) {
            let name = holder.text(recipient::DISTINGUISHED_NAME).unwrap_or_else(|| holder.identity());
            return Err(ExchangeError::duplicate(&format!("smtp:{address}"), &name));
        }
        // Exchange does not know the holder (yet), but the directory does.
        if call.state.store.truth().holder(&address).is_some_and(|(_, holder)| *holder != *id) {
            return Err(ExchangeError::dual_write(
                "Another object with the same value for property proxyAddresses already exists.",
            ));
        }
    }
    Ok(())
}
