//! For PowerShell.

use std::fmt::{self, Write as _};

use tenant_contacts_core::grant::Grant;

use super::api::{BILLING_VERSION, resource};

const BILLING_ACCOUNTS: &str = "/providers/Microsoft.Billing/billingAccounts";

/// One line.
pub(super) fn command(grant: Grant) -> String {
    let principal = "Get-MgServicePrincipal -Filter \"appId eq '$env:APP'\"";
    match grant {
        Grant::Graph(name) | Grant::Exchange(name) => {
            let api = resource(grant);
            format!(
                "$api = Get-MgServicePrincipal -Filter \"appId eq '{api}'\"; $me = {principal}; \
                 New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $me.Id -PrincipalId $me.Id -ResourceId $api.Id \
                 -AppRoleId ($api.AppRoles | Where-Object Value -eq '{name}').Id"
            )
        }
        Grant::DirectoryRole(id) => format!(
            "New-MgRoleManagementDirectoryRoleAssignment -PrincipalId ({principal}).Id -RoleDefinitionId {id} -DirectoryScopeId /"
        ),
        Grant::BillingRole(name) => format!(
            "$at = \"{BILLING_ACCOUNTS}/$env:BILLING\"; $roles = ((Invoke-AzRestMethod -Path \
             \"$at/billingRoleDefinitions?{BILLING_VERSION}\").Content | ConvertFrom-Json).value; Invoke-AzRestMethod -Method \
             POST -Path \"$at/createBillingRoleAssignment?{BILLING_VERSION}\" -Payload (@{{ principalId = ({principal}).Id; \
             roleDefinitionId = ($roles | Where-Object {{ $_.properties.roleName -eq '{name}' }}).id }} | ConvertTo-Json)"
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
    writeln!(out, "# {title}{HEAD}")?;
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
            Grant::Graph(name) | Grant::Exchange(name) => format!("Add-Permission {} {name}", resource(*grant)),
            Grant::DirectoryRole(id) => format!("Add-DirectoryRole {id}"),
            Grant::BillingRole(name) => format!("Add-BillingRole '{name}'"),
        };
        if grant.is_for_administrators() {
            writeln!(out, "# Only where such accounts are written: it may reset how every administrator signs in.")?;
            writeln!(out, "if ($env:ADMINISTRATORS -eq 'yes') {{\n    {call}\n}}")?;
        } else {
            writeln!(out, "{call}")?;
        }
    }
    Ok(())
}

const HEAD: &str = r#"
# To be run by somebody who may consent for the organization and assign roles, with the modules Microsoft.Graph.Applications and
# Microsoft.Graph.Identity.Governance, and for billing Az.Accounts (after Connect-AzAccount):
#   $env:APP = '<the application's client id>'; ./grants.ps1
$ErrorActionPreference = 'Stop'
if (-not $env:APP) { throw 'Set $env:APP to the client id of the application.' }
$APP = $env:APP
# Another cloud than the worldwide one is named as Get-MgEnvironment names it.
$cloud = if ($env:MGENVIRONMENT) { $env:MGENVIRONMENT } else { 'Global' }
Connect-MgGraph -NoWelcome -Environment $cloud -Scopes Application.ReadWrite.All, AppRoleAssignment.ReadWrite.All, RoleManagement.ReadWrite.Directory

# The application's service principal, made where there is none.
$me = Get-MgServicePrincipal -Filter "appId eq '$APP'"
if (-not $me) { $me = New-MgServicePrincipal -AppId $APP }"#;

const PERMISSION: &str = r#"
# An application permission, which holds at once and shows in the next token. Its id is what the resource calls by that name.
function Add-Permission($Resource, $Name) {
    $api = Get-MgServicePrincipal -Filter "appId eq '$Resource'"
    $role = $api.AppRoles | Where-Object { $_.Value -eq $Name -and $_.AllowedMemberTypes -contains 'Application' }
    if (-not $role) { throw "${Name}: the resource $Resource has no such application permission" }
    $held = Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $me.Id -All |
        Where-Object { $_.AppRoleId -eq $role.Id -and $_.ResourceId -eq $api.Id }
    if (-not $held) {
        New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $me.Id -PrincipalId $me.Id `
            -ResourceId $api.Id -AppRoleId $role.Id | Out-Null
    }
}
"#;

const DIRECTORY_ROLE: &str = r#"
# A directory role in the whole tenant, by template id.
function Add-DirectoryRole($Role) {
    $held = Get-MgRoleManagementDirectoryRoleAssignment -Filter "principalId eq '$($me.Id)'" -All |
        Where-Object { $_.RoleDefinitionId -eq $Role -and $_.DirectoryScopeId -eq '/' }
    if (-not $held) {
        New-MgRoleManagementDirectoryRoleAssignment -PrincipalId $me.Id -RoleDefinitionId $Role `
            -DirectoryScopeId '/' | Out-Null
    }
}
"#;

const BILLING_ROLE: &str = r#"
# A role in each billing account of a Microsoft Customer Agreement that whoever runs this sees.
function Add-BillingRole($Name) {
    $version = 'api-version=2024-04-01'
    $read = { param($Path) ((Invoke-AzRestMethod -Path "${Path}?$version").Content | ConvertFrom-Json).value }
    $accounts = & $read '/providers/Microsoft.Billing/billingAccounts' |
        Where-Object { $_.properties.agreementType -eq 'MicrosoftCustomerAgreement' }
    if (-not $accounts) {
        Write-Warning "${Name}: no billing account of a Customer Agreement is seen; its owner gives the role"
    }
    foreach ($account in $accounts) {
        $role = (& $read "$($account.id)/billingRoleDefinitions" | Where-Object { $_.properties.roleName -eq $Name }).id
        $held = & $read "$($account.id)/billingRoleAssignments" | Where-Object {
            $_.properties.principalId -eq $me.Id -and $_.properties.roleDefinitionId -eq $role
        }
        if (-not $held) {
            $body = @{ principalId = $me.Id; roleDefinitionId = $role } | ConvertTo-Json
            $answer = Invoke-AzRestMethod -Method POST -Payload $body `
                -Path "$($account.id)/createBillingRoleAssignment?$version"
            if ($answer.StatusCode -ge 300) {
                Write-Warning "${Name}: $($account.id) did not take it; its owner gives the role"
            }
        }
    }
}
"#;
