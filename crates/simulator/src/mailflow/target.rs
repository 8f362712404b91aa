//! Where a message goes next, and addresses as they are compared.

/// Where a message goes next.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    Key(String),
    /// Lower case.
    Address(String),
}

/// The part after the last `@`, lower case.
pub(super) fn domain_of(address: &str) -> String {
    address.rsplit_once('@').map_or("", |(_, domain)| domain).to_lowercase()
}

/// `SMTP:x@y` or `smtp:x@y` without its prefix, lower case.
pub(super) fn bare(text: &str) -> String {
    let prefixed = text.split_once(':').filter(|(prefix, _)| prefix.eq_ignore_ascii_case("smtp"));
    prefixed.map_or(text, |(_, address)| address).trim().to_lowercase()
}
