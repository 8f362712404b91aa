//! Connectors: where mail that leaves Exchange Online goes.

/// An outbound connector that is enabled (`Get-OutboundConnector`).
#[derive(Clone, PartialEq, Eq)]
pub struct OutboundConnector {
    /// Its name.
    pub name: Box<str>,
    /// It leads to the organization's own servers (`ConnectorType` is `OnPremises`), and not to a partner.
    pub on_premises: bool,
    /// Domains whose mail it takes, lower case: `*`, `x.y`, or `*.x.y` for those below.
    pub domains: Box<[Box<str>]>,
}

impl OutboundConnector {
    /// Whether it takes mail for a domain (lower case).
    pub fn takes(&self, domain: &str) -> bool {
        self.domains.iter().any(|one| match one.strip_prefix("*.") {
            _ if &**one == "*" => true,
            Some(parent) => domain.strip_suffix(parent).is_some_and(|below| below.is_empty() || below.ends_with('.')),
            None => **one == *domain,
        })
    }
}

/// Names and domains are the organization's own.
impl std::fmt::Debug for OutboundConnector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutboundConnector").field("on_premises", &self.on_premises).finish_non_exhaustive()
    }
}
