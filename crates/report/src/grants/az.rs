//! For the Azure CLI in a POSIX shell.

use std::fmt::{self, Write as _};

use tenant_contacts_core::grant::Grant;

use super::api::{BILLING_VERSION, resource};

/// Of the worldwide cloud: a single line does not ask which one it is.
const GRAPH: &str = "https://graph.microsoft.com/v1.0";

const BILLING_ACCOUNTS: &str = "https://management.azure.com/providers/Microsoft.Billing/billingAccounts";

/// One line.
pub(super) fn command(grant: Grant) -> String {
    let principal = "$(az ad sp show --id $APP --query id -o tsv)";
    match grant {
        Grant::Graph(name) | Grant::Exchange(name) => {
            let api = resource(grant);
            format!(
                "az rest --method POST --url \"{GRAPH}/servicePrincipals/{principal}/appRoleAssignments\" --body \
                 \"{{\\\"principalId\\\":\\\"{principal}\\\",\\\"resourceId\\\":\\\"$(az ad sp show --id {api} --query id -o \
                 tsv)\\\",\\\"appRoleId\\\":\\\"$(az ad sp show --id {api} --query \"appRoles[?value=='{name}'].id\" -o tsv)\\\"}}\""
            )
        }
        Grant::DirectoryRole(id) => format!(
            "az rest --method POST --url {GRAPH}/roleManagement/directory/roleAssignments --body \
             \"{{\\\"principalId\\\":\\\"{principal}\\\",\\\"roleDefinitionId\\\":\\\"{id}\\\",\\\"directoryScopeId\\\":\\\"/\\\"}}\""
        ),
        Grant::BillingRole(name) => format!(
            "az rest --method POST --url \"{BILLING_ACCOUNTS}/$BILLING/createBillingRoleAssignment?{BILLING_VERSION}\" --body \
             \"{{\\\"principalId\\\":\\\"{principal}\\\",\\\"roleDefinitionId\\\":\\\"$(az rest --url \
             \"{BILLING_ACCOUNTS}/$BILLING/billingRoleDefinitions?{BILLING_VERSION}\" --query \
             \"value[?properties.roleName=='{name}'].id\" -o tsv)\\\"}}\""
        ),
    }
}

/// A whole script.
pub(super) fn script(title: &str, grants: &[Grant]) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write(title, grants, &mut out);
    out
}

fn write(title: &str, grants: &[Grant], out: &mut String) -> fmt::Result {
    writeln!(out, "#!/bin/sh\n# {title}{HEAD}")?;
    for (needed, function) in [
        (grants.iter().any(|grant| matches!(grant, Grant::Graph(_) | Grant::Exchange(_))), PERMISSION),
        (grants.iter().any(|grant| matches!(grant, Grant::DirectoryRole(_))), DIRECTORY_ROLE),
        (grants.iter().any(|grant| matches!(grant, Grant::BillingRole(_))), BILLING_ROLE),
    ] {
        if needed {
            out.push_str(function);
        }
    }
    for grant in grants {
        writeln!(out, "\n# {} ({}): {}.", grant.name(), grant.kind(), grant.purpose())?;
        let call = match grant {
            Grant::Graph(name) | Grant::Exchange(name) => format!("permission {} {name}", resource(*grant)),
            Grant::DirectoryRole(id) => format!("directory_role {id} '{}'", grant.name()),
            Grant::BillingRole(name) => format!("billing_role '{name}'"),
        };
        if grant.is_for_administrators() {
            writeln!(out, "# Only where such accounts are written: it may reset how every administrator signs in.")?;
            writeln!(out, "if [ \"${{ADMINISTRATORS:-no}}\" = yes ]; then\n  {call}\nfi")?;
        } else {
            writeln!(out, "{call}")?;
        }
    }
    Ok(())
}

const HEAD: &str = r#"
# To be run by somebody who may consent for the organization and assign roles, signed in with `az login`:
#   APP=<the application's client id> sh grants.sh
set -eu
: "${APP:?set it to the client id of the application}"

# The application's service principal, made where there is none.
principal=$(az ad sp list --filter "appId eq '$APP'" --query '[0].id' -o tsv)
[ -n "$principal" ] || principal=$(az ad sp create --id "$APP" --query id -o tsv)

graph=$(az cloud show --query endpoints.microsoftGraphResourceId -o tsv)
graph=${graph%/}/v1.0"#;

const PERMISSION: &str = r#"
# An application permission: resource, name. Its id is what the resource calls by that name. It holds at once, and shows in the next
# token; what else the application once asked for is not consented to.
permission() {
  api=$(az ad sp show --id "$1" --query id -o tsv)
  role=$(az ad sp show --id "$1" --query "appRoles[?value=='$2'].id" -o tsv)
  [ -n "$role" ] || { echo "$2: the resource $1 has no such application permission" >&2; exit 1; }
  assignments=$graph/servicePrincipals/$principal/appRoleAssignments
  held=$(az rest --url "$assignments" --query "value[?appRoleId=='$role' && resourceId=='$api'].id" -o tsv)
  [ -n "$held" ] || az rest --method POST --url "$assignments" -o none \
    --body "{\"principalId\":\"$principal\",\"resourceId\":\"$api\",\"appRoleId\":\"$role\"}"
}
"#;

const DIRECTORY_ROLE: &str = r#"
# A directory role in the whole tenant: template id, name.
directory_role() {
  assignments=$graph/roleManagement/directory/roleAssignments
  held=$(az rest --url "$assignments?\$filter=principalId%20eq%20'$principal'" \
    --query "value[?roleDefinitionId=='$1' && directoryScopeId=='/'].id" -o tsv)
  [ -n "$held" ] || az rest --method POST --url "$assignments" -o none \
    --body "{\"principalId\":\"$principal\",\"roleDefinitionId\":\"$1\",\"directoryScopeId\":\"/\"}"
}
"#;

const BILLING_ROLE: &str = r#"
# A role in each billing account of a Microsoft Customer Agreement that whoever runs this sees: name.
billing_role() {
  azure=$(az cloud show --query endpoints.resourceManager -o tsv)
  azure=${azure%/}
  version=api-version=2024-04-01
  accounts=$(az rest --url "$azure/providers/Microsoft.Billing/billingAccounts?$version" \
    --query "value[?properties.agreementType=='MicrosoftCustomerAgreement'].id" -o tsv) || accounts=
  [ -n "$accounts" ] || echo "$1: no billing account of a Customer Agreement is seen; its owner gives the role" >&2
  for account in $accounts; do
    role=$(az rest --url "$azure$account/billingRoleDefinitions?$version" \
      --query "value[?properties.roleName=='$1'].id" -o tsv) || continue
    held=$(az rest --url "$azure$account/billingRoleAssignments?$version" \
      --query "value[?properties.principalId=='$principal' && properties.roleDefinitionId=='$role'].id" -o tsv) || continue
    [ -n "$held" ] || az rest --method POST --url "$azure$account/createBillingRoleAssignment?$version" -o none \
      --body "{\"principalId\":\"$principal\",\"roleDefinitionId\":\"$role\"}" \
      || echo "$1: $account did not take it; its owner gives the role" >&2
  done
}
"#;
