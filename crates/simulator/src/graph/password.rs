//! What a password must be. Microsoft Entra documents it with self-service password reset, "password policies that only apply
//! to cloud user accounts"; for `DisableStrongPassword` only that weaker ones are taken.
//!
//! Invariant: a password is looked at and forgotten.

use super::error::GraphError;
use crate::{schema::user, store::record::Record};

/// Fewest and most characters.
const LENGTH: std::ops::RangeInclusive<usize> = 8..=256;
/// How many of the four kinds of characters a strong password has.
const KINDS: usize = 3;

/// Refuses a password that the account's policy does not take.
pub(crate) fn check(password: &str, account: &Record) -> Result<(), GraphError> {
    let has = |kind: fn(char) -> bool| usize::from(password.chars().any(kind));
    let kinds = has(|c| c.is_ascii_lowercase())
        + has(|c| c.is_ascii_uppercase())
        + has(|c| c.is_ascii_digit())
        + has(|c| !c.is_ascii_alphanumeric());
    let policies = account.text(user::PASSWORD_POLICIES).unwrap_or_default();
    let weak = policies.split(',').any(|policy| policy.trim().eq_ignore_ascii_case("DisableStrongPassword"));
    if LENGTH.contains(&password.chars().count()) && (weak || kinds >= KINDS) {
        return Ok(());
    }
    // (3P)
    Err(GraphError::bad(
        "The specified password does not comply with password complexity requirements. Please provide a different password.",
    ))
}
