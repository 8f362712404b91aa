//! Which application permissions an operation takes. `[PERM]` 2026-08-07, contract §1.
//!
//! Invariant: lists name every permission that suffices; handlers ask for a list, never for a single name.

pub(crate) const USERS_READ: &[&str] = &[
    "User.Read.All",
    "User.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "User.ReadWrite.CrossCloud",
];
/// Lists and gets, but only the basic properties.
pub(crate) const USERS_BASIC: &[&str] = &["User.ReadBasic.All"];
pub(crate) const USERS_DELTA: &[&str] =
    &["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
/// Writes any property of a user. User.ReadUpdate.All is named by [UU] and rolling out.
pub(crate) const USERS_WRITE: &[&str] = &["User.ReadWrite.All", "Directory.ReadWrite.All", "User.ReadUpdate.All"];
/// Writes at least one property of a user.
pub(crate) const USERS_ANY_WRITE: &[&str] = &[
    "User.ReadWrite.All",
    "Directory.ReadWrite.All",
    "User.ReadUpdate.All",
    "User-Mail.ReadWrite.All",
    "User-Phone.ReadWrite.All",
    "User-PasswordProfile.ReadWrite.All",
    "User-LifeCycleInfo.ReadWrite.All",
    "User.EnableDisableAccount.All",
];
pub(crate) const USERS_CREATE: &[&str] = &["User.ReadWrite.All", "Directory.ReadWrite.All"];
pub(crate) const USERS_DELETE: &[&str] = &["User.ReadWrite.All", "User.DeleteRestore.All"];
pub(crate) const LICENSES_READ: &[&str] = &[
    "LicenseAssignment.Read.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "User.Read.All",
    "User.ReadWrite.All",
];
pub(crate) const LICENSES_WRITE: &[&str] =
    &["LicenseAssignment.ReadWrite.All", "Directory.ReadWrite.All", "User.ReadWrite.All"];
pub(crate) const SKUS_READ: &[&str] = &[
    "LicenseAssignment.Read.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "Organization.Read.All",
    "Organization.ReadWrite.All",
];
pub(crate) const ORGANIZATION_READ: &[&str] =
    &["Organization.Read.All", "Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
/// Sees id, displayName and verifiedDomains; everything else is null. [OU]
pub(crate) const ORGANIZATION_BASIC: &[&str] = &["User.Read.All", "User.Read", "User.ReadBasic.All"];
pub(crate) const ORGANIZATION_WRITE: &[&str] = &["Organization.ReadWrite.All"];
pub(crate) const DOMAINS_READ: &[&str] =
    &["Domain.Read.All", "Domain.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
pub(crate) const GROUPS_READ: &[&str] = &[
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
/// Shows who is in a group of hidden membership; without it the answer is 200 and empty. Contract §4 (3P).
pub(crate) const HIDDEN_MEMBERS_READ: &[&str] = &["Member.Read.Hidden"];
pub(crate) const GROUPS_WRITE: &[&str] = &["Group.ReadWrite.All", "Directory.ReadWrite.All"];
/// Creating also with Group.Create.
pub(crate) const GROUPS_CREATE: &[&str] = &["Group.ReadWrite.All", "Directory.ReadWrite.All", "Group.Create"];
pub(crate) const MEMBERS_WRITE: &[&str] =
    &["GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"];
/// Needed beside the others where a group can hold roles.
pub(crate) const ROLES_WRITE: &[&str] = &["RoleManagement.ReadWrite.Directory"];
pub(crate) const ROLES_READ: &[&str] = &[
    "RoleManagement.Read.Directory",
    "RoleManagement.ReadWrite.Directory",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
pub(crate) const UNITS_READ: &[&str] = &[
    "AdministrativeUnit.Read.All",
    "AdministrativeUnit.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
pub(crate) const UNITS_WRITE: &[&str] = &["AdministrativeUnit.ReadWrite.All", "Directory.ReadWrite.All"];
pub(crate) const CONTACTS_READ: &[&str] = &["OrgContact.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"];
pub(crate) const PRINCIPALS_WRITE: &[&str] = &["Application.ReadWrite.All", "Directory.ReadWrite.All"];
pub(crate) const LIFECYCLE_READ: &[&str] = &["Directory.Read.All", "Directory.ReadWrite.All"];
pub(crate) const LIFECYCLE_WRITE: &[&str] = &["Directory.ReadWrite.All"];
pub(crate) const ELIGIBILITY_READ: &[&str] = &[
    "RoleEligibilitySchedule.Read.Directory",
    "RoleEligibilitySchedule.ReadWrite.Directory",
    "RoleManagement.Read.All",
    "RoleManagement.Read.Directory",
    "RoleManagement.ReadWrite.Directory",
];
pub(crate) const SCHEDULES_READ: &[&str] = &[
    "RoleAssignmentSchedule.Read.Directory",
    "RoleAssignmentSchedule.ReadWrite.Directory",
    "RoleManagement.Read.All",
    "RoleManagement.Read.Directory",
    "RoleManagement.ReadWrite.Directory",
];
pub(crate) const PRINCIPALS_READ: &[&str] =
    &["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
/// What is in a mailbox, without bodies.
pub(crate) const MAIL_BASIC: &[&str] = &["Mail.ReadBasic.All", "Mail.ReadBasic", "Mail.Read", "Mail.ReadWrite"];
pub(crate) const MAILBOX_SETTINGS: &[&str] = &["MailboxSettings.Read", "MailboxSettings.ReadWrite"];
pub(crate) const METHODS_READ: &[&str] =
    &["UserAuthenticationMethod.Read.All", "UserAuthenticationMethod.ReadWrite.All"];
pub(crate) const EMAIL_READ: &[&str] = &[
    "UserAuthMethod-Email.Read.All",
    "UserAuthMethod-Email.ReadWrite.All",
    "UserAuthenticationMethod.Read.All",
    "UserAuthenticationMethod.ReadWrite.All",
];
pub(crate) const EMAIL_WRITE: &[&str] =
    &["UserAuthMethod-Email.ReadWrite.All", "UserAuthenticationMethod.ReadWrite.All"];
pub(crate) const PHONE_READ: &[&str] = &[
    "UserAuthMethod-Phone.Read.All",
    "UserAuthMethod-Phone.ReadWrite.All",
    "UserAuthenticationMethod.Read.All",
    "UserAuthenticationMethod.ReadWrite.All",
];
pub(crate) const PHONE_WRITE: &[&str] =
    &["UserAuthMethod-Phone.ReadWrite.All", "UserAuthenticationMethod.ReadWrite.All"];
