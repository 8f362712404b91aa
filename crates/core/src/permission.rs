//! Application permissions of Microsoft Graph: what the shared reads take, and what each would tell or allow.

/// What reading domains takes, the least privileged first (List domains).
pub const DOMAIN_READ: &[&str] = &["Domain.Read.All", "Directory.Read.All"];

/// What reading roles takes, so that privileged accounts are known (List unifiedRoleAssignments).
pub const ROLE_READ: &[&str] =
    &["RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory", "Directory.Read.All"];

/// What reading the members of role-assignable groups takes (List group transitive members).
pub const GROUP_READ: &[&str] = &["GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"];

/// What judging an account takes beside its properties: whether it is privileged, by roles of its own or through groups.
pub const ACCOUNTS_READ: &[&[&str]] = &[ROLE_READ, GROUP_READ];

/// What seeing the members of groups of hidden membership takes. Without it Graph leaves them out and says nothing.
pub const HIDDEN_MEMBERS: &str = "Member.Read.Hidden";

/// What the Graph permissions of a credential that reads the tenant as a whole may be, beside those of the surfaces: they are
/// in excess of nothing.
pub const REPORT_READ: &[&[&str]] = &[
    DOMAIN_READ,
    ROLE_READ,
    GROUP_READ,
    &["User.Read.All", "Directory.Read.All"],
    &["Organization.Read.All", "Directory.Read.All"],
    &["RoleEligibilitySchedule.Read.Directory"],
    &["Mail.ReadBasic.All"],
    &["MailboxSettings.Read"],
];

/// The application permission that opens Exchange to an application at all.
pub const EXCHANGE_APPLICATION: &str = "Exchange.ManageAsApp";

/// The least directory role that reads all of Exchange (Exchange PowerShell, "App-only authentication"; an Exchange role
/// group with view-only rights does as well).
pub const EXCHANGE_ROLE: &str = "Global Reader (directory role)";

/// What message trace asks for. Which of the roles that only read may trace is not documented: Microsoft's pages name the role
/// groups Organization Management ("Message trace in the new Exchange admin center") and, earlier, Help Desk and Compliance
/// Management. That view-only rights do is third parties' experience.
pub const EXCHANGE_TRACE_ROLE: &str =
    "Global Reader (directory role), or Help Desk (Exchange role group) where that is not enough";

/// What Partner Center asks for; it knows no application permission by name.
pub const PARTNER_ACCESS: &str = "Partner Center access";

/// The least billing role that reads billing accounts, profiles and who holds roles in them (Azure, "Understand Microsoft
/// Customer Agreement administrative roles").
pub const BILLING_ROLE: &str = "Billing account reader (billing role)";

/// What a permission would tell or allow, by the name of the least privileged one that will do (DOMAIN G1). `None`: nothing
/// here asks for it.
pub fn purpose(permission: &str) -> Option<&'static str> {
    Some(match permission {
        "Organization.Read.All" => "tells the organization's notification contacts and privacy profile",
        "Organization.ReadWrite.All" => "allows writing the organization's notification contacts and privacy profile",
        "User.Read.All" => "tells which account a name stands for, and its alternate emails and phones",
        "User-Mail.ReadWrite.All" => "allows writing alternate emails",
        "User-Phone.ReadWrite.All" => "allows writing phones",
        "Domain.Read.All" => "tells whether an address lies inside the organization",
        "RoleManagement.Read.Directory" => "tells which accounts are privileged",
        "GroupMember.Read.All" => "tells which roles are held through groups",
        HIDDEN_MEMBERS => "tells who is in a group of hidden membership",
        "RoleEligibilitySchedule.Read.Directory" => "tells who may make themselves an administrator",
        "Mail.ReadBasic.All" => "tells whether anybody reads an inbox",
        "MailboxSettings.Read" => "tells which inbox rules send mail on or delete it",
        EXCHANGE_APPLICATION => {
            "tells, with a role in Exchange, which mailboxes and lists there are and what moves their mail"
        }
        EXCHANGE_ROLE => "allows reading mailboxes, lists, forwarding and mail flow rules in Exchange",
        EXCHANGE_TRACE_ROLE => "allows tracing what became of messages in Exchange",
        PARTNER_ACCESS => "tells the legal primary contact of a partner",
        BILLING_ROLE => "tells, where there is a Customer Agreement, who holds billing roles and who is sent invoices",
        _ => return None,
    })
}

/// A permission with what it would tell or allow.
pub fn described(permission: &str) -> String {
    match purpose(permission) {
        Some(purpose) => format!("{permission}, which {purpose}"),
        None => permission.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::field::Field;

    use super::*;
    use crate::field;

    #[test]
    fn g1_every_permission_that_may_be_missing_says_what_it_would_tell_or_allow() {
        let fields = Field::ALL.into_iter().filter_map(field::facts);
        let needed = fields.flat_map(|facts| [facts.read_permissions, facts.write_permissions]);
        for any_of in needed.chain([DOMAIN_READ, ROLE_READ, GROUP_READ, &[HIDDEN_MEMBERS]]) {
            let purpose = purpose(any_of[0]).unwrap_or_else(|| panic!("{} has no purpose", any_of[0]));
            assert!(purpose.starts_with("tells ") || purpose.starts_with("allows "), "{purpose}");
        }
        for asked in [EXCHANGE_APPLICATION, EXCHANGE_ROLE, EXCHANGE_TRACE_ROLE, PARTNER_ACCESS, BILLING_ROLE] {
            assert!(purpose(asked).is_some(), "{asked}");
        }
    }
}
