//! Suspending a Tenant and letting it go on, beside others who may declare `spec.suspend` too.

use std::collections::BTreeSet;

use tenant_contacts_api::v1alpha1::Tenant;

use crate::ownership::{self, property};

/// What is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing: it is so already.
    Nothing,
    /// Our manager declares `suspend: true`.
    Declare,
    /// Our manager, which alone declares it, no longer does.
    Withdraw,
    /// The field is taken out, whoever declares it.
    Remove,
}

/// Others declare the field, and their word stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contested {
    /// Their field managers.
    pub by: BTreeSet<String>,
}

/// How a Tenant is suspended by our `manager`. `force` overrules others.
pub fn suspend(tenant: &Tenant, manager: &str, force: bool) -> Result<Change, Contested> {
    if tenant.spec.suspend {
        return Ok(Change::Nothing);
    }
    let (_, others) = owners(tenant, manager);
    if others.is_empty() || force { Ok(Change::Declare) } else { Err(Contested { by: others }) }
}

/// How a suspended Tenant goes on.
pub fn resume(tenant: &Tenant, manager: &str, force: bool) -> Result<Change, Contested> {
    if !tenant.spec.suspend {
        return Ok(Change::Nothing);
    }
    match owners(tenant, manager) {
        (true, others) if others.is_empty() => Ok(Change::Withdraw),
        // Nobody is said to declare it: an object without managed fields.
        (false, others) if others.is_empty() => Ok(Change::Remove),
        _ if force => Ok(Change::Remove),
        (_, others) => Err(Contested { by: others }),
    }
}

/// The managers beside ours that declare the field.
pub fn others(tenant: &Tenant, manager: &str) -> BTreeSet<String> {
    owners(tenant, manager).1
}

fn owners(tenant: &Tenant, manager: &str) -> (bool, BTreeSet<String>) {
    let mut owners = ownership::owners(&tenant.metadata, &[property("spec"), property("suspend")]);
    (owners.remove(manager), owners)
}

#[cfg(test)]
mod tests {
    use k8s_openapi::serde_json;

    use super::*;

    fn tenant(suspend: Option<bool>, owners: &[&str]) -> Tenant {
        let managed: Vec<String> = owners
            .iter()
            .map(|owner| {
                format!(
                    r#"{{"manager": "{owner}", "operation": "Apply", "fieldsV1": {{"f:spec": {{"f:suspend": {{}}}}}}}}"#
                )
            })
            .collect();
        let suspend = suspend.map(|suspend| format!(r#", "suspend": {suspend}"#)).unwrap_or_default();
        let text = format!(
            r#"{{"apiVersion": "tenantcontacts.dev/v1alpha1", "kind": "Tenant",
                "metadata": {{"name": "contoso", "managedFields": [{}]}},
                "spec": {{"tenantId": "9c2f6f2e-5a1c-4d55-8a36-0f6f2a7e1001", "credentials": [], "enforce": []{suspend}}}}}"#,
            managed.join(",")
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn what_others_declare_is_overruled_by_force_only() {
        let git = || Err(Contested { by: ["git".to_owned()].into() });
        let rows = [
            (None, &[][..], Ok(Change::Declare), Ok(Change::Nothing)),
            (Some(false), &["git"], git(), Ok(Change::Nothing)),
            (Some(true), &["cli"], Ok(Change::Nothing), Ok(Change::Withdraw)),
            (Some(true), &["git"], Ok(Change::Nothing), git()),
            (Some(true), &["cli", "git"], Ok(Change::Nothing), git()),
            (Some(true), &[], Ok(Change::Nothing), Ok(Change::Remove)),
        ];
        for (value, owners, suspended, resumed) in rows {
            let tenant = tenant(value, owners);
            assert_eq!(suspend(&tenant, "cli", false), suspended, "{value:?} {owners:?}");
            assert_eq!(resume(&tenant, "cli", false), resumed, "{value:?} {owners:?}");
        }
        assert_eq!(suspend(&tenant(Some(false), &["git"]), "cli", true), Ok(Change::Declare));
        assert_eq!(resume(&tenant(Some(true), &["cli", "git"]), "cli", true), Ok(Change::Remove));
    }
}
