//! A published status as scenarios show it: a line for each condition and each field.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use tenant_contacts_api::status::{ChildStatus, FieldStatus, TenantStatus};

/// Lines, each with the name that it can be asked by.
pub type Said = Vec<(String, String)>;

/// Of a Tenant.
pub fn of_tenant(status: &TenantStatus) -> Said {
    status.conditions.iter().map(condition).collect()
}

/// Of everything else.
pub fn of_child(status: &ChildStatus) -> Said {
    status.conditions.iter().map(condition).chain(status.fields.iter().map(field)).collect()
}

fn condition(condition: &Condition) -> (String, String) {
    let Condition { type_, status, reason, message, .. } = condition;
    (type_.clone(), format!("{type_}={status} {reason}: {message}"))
}

fn field(status: &FieldStatus) -> (String, String) {
    let FieldStatus { field, entry, state, reason, message, live } = status;
    let mut line = field.path().to_owned();
    if let Some(entry) = entry {
        line = format!("{line}[{entry}]");
    }
    line = format!("{line}: {state:?}");
    if let Some(reason) = reason {
        line = format!("{line} {reason}");
    }
    if let Some(message) = message {
        line = format!("{line}: {message}");
    }
    if let Some(live) = live {
        line = format!("{line} (live: {})", live.join(", "));
    }
    (field.path().to_owned(), line)
}

/// Those that are asked for; all, where none is. One that is not there is an error.
pub fn lines(said: &Said, of: &[String]) -> Result<Vec<String>, String> {
    if let Some(wanted) = of.iter().find(|wanted| !said.iter().any(|(name, _)| name == *wanted)) {
        let names: Vec<&str> = said.iter().map(|(name, _)| name.as_str()).collect();
        return Err(format!("the status has no `{wanted}`: it has {}", names.join(", ")));
    }
    let asked = said.iter().filter(|(name, _)| of.is_empty() || of.contains(name));
    Ok(asked.map(|(_, line)| line.clone()).collect())
}
