//! The documented endpoints of v2.0 (preview): which cmdlets and parameters each takes. Contract §6.2. [EXM][MICHEV]
//!
//! Invariant: nothing outside this table; in particular no addresses and no forwarding.

use serde_json::{Map, Value};

use super::{
    cmdlets::{self, Cmdlet},
    error::ExchangeError,
    parameters::Parameters,
};

/// A cmdlet of an endpoint, with the parameters it takes there; none = all that the cmdlet has.
struct Row {
    endpoint: &'static str,
    cmdlet: &'static str,
    parameters: Option<&'static [&'static str]>,
}

const TABLE: &[Row] = &[
    Row { endpoint: "OrganizationConfig", cmdlet: "Get-OrganizationConfig", parameters: None },
    Row { endpoint: "AcceptedDomain", cmdlet: "Get-AcceptedDomain", parameters: None },
    Row { endpoint: "Mailbox", cmdlet: "Get-Mailbox", parameters: None },
    Row { endpoint: "Mailbox", cmdlet: "Set-Mailbox", parameters: Some(&["Identity", "GrantSendOnBehalfTo"]) },
    Row { endpoint: "MailboxFolderPermission", cmdlet: "Get-MailboxFolderPermission", parameters: None },
    Row { endpoint: "DistributionGroupMember", cmdlet: "Get-DistributionGroupMember", parameters: None },
    Row { endpoint: "DynamicDistributionGroupMember", cmdlet: "Get-DynamicDistributionGroupMember", parameters: None },
];

/// The cmdlet behind an endpoint, and its checked parameters. What is outside the table is refused; the status is UNV.
pub(crate) fn cmdlet(
    endpoint: &str,
    name: &str,
    given: &Map<String, Value>,
) -> Result<(&'static Cmdlet, Parameters), ExchangeError> {
    if TABLE.iter().all(|row| row.endpoint != endpoint) {
        return Err(ExchangeError::unknown_path());
    }
    let row = TABLE.iter().find(|row| row.endpoint == endpoint && row.cmdlet.eq_ignore_ascii_case(name));
    let cmdlet = row.and_then(|row| cmdlets::find(row.cmdlet));
    let (Some(row), Some(cmdlet)) = (row, cmdlet) else {
        return Err(ExchangeError::bad(format!("The cmdlet '{name}' is not supported by the endpoint '{endpoint}'.")));
    };
    let parameters = Parameters::read(cmdlet, given)?;
    if let Some(allowed) = row.parameters
        && let Some(other) = parameters.names().find(|name| !allowed.contains(name))
    {
        return Err(ExchangeError::no_parameter(other));
    }
    Ok((cmdlet, parameters))
}
