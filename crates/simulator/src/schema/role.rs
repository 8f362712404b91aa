//! Directory roles: definitions, assignments, eligibilities, activated roles. Contract §4.

use std::sync::LazyLock;

use super::table::{place, read};
use super::{
    property::{Property, Schema, number, property},
    value_type::Type::{Date, Text},
};

const DEFINITION_NAMED: &[&str] = &["id", "displayName", "description", "isBuiltIn", "resourceScopes", "templateId"];

/// A role; for a built-in one the id equals the template id. `[RA]`
pub(crate) static DEFINITION: LazyLock<Schema> =
    LazyLock::new(|| read("unifiedRoleDefinition", "roleManagement/directory/roleDefinitions", DEFINITION_NAMED));

pub(crate) const DEFINITION_ID: u8 = place(DEFINITION_NAMED, "id");
pub(crate) const ROLE_NAME: u8 = place(DEFINITION_NAMED, "displayName");
pub(crate) const ROLE_DESCRIPTION: u8 = place(DEFINITION_NAMED, "description");
pub(crate) const ROLE_BUILT_IN: u8 = place(DEFINITION_NAMED, "isBuiltIn");
pub(crate) const ROLE_SCOPES: u8 = place(DEFINITION_NAMED, "resourceScopes");
pub(crate) const ROLE_TEMPLATE: u8 = place(DEFINITION_NAMED, "templateId");

/// The first four are those of an eligibility, too.
const ASSIGNMENT_NAMED: &[&str] = &["id", "principalId", "directoryScopeId", "roleDefinitionId"];

/// An active assignment.
pub(crate) static ASSIGNMENT: LazyLock<Schema> =
    LazyLock::new(|| read("unifiedRoleAssignment", "roleManagement/directory/roleAssignments", ASSIGNMENT_NAMED));

pub(crate) const ASSIGNMENT_ID: u8 = place(ASSIGNMENT_NAMED, "id");
pub(crate) const PRINCIPAL_ID: u8 = place(ASSIGNMENT_NAMED, "principalId");
pub(crate) const SCOPE_ID: u8 = place(ASSIGNMENT_NAMED, "directoryScopeId");
pub(crate) const ROLE_ID: u8 = place(ASSIGNMENT_NAMED, "roleDefinitionId");

const ELIGIBILITY_TABLE: &[Property] = &[
    property("id", Text).by_default().filter(),
    property("principalId", Text).by_default().filter(),
    property("directoryScopeId", Text).by_default().filter(),
    property("roleDefinitionId", Text).by_default().filter(),
    property("memberType", Text).by_default(),
    property("startDateTime", Date).by_default(),
    property("endDateTime", Date).by_default(),
];

/// An assignment that its holder must activate first. The first four rows are those of an assignment.
pub(crate) static ELIGIBILITY: Schema = Schema {
    type_name: "unifiedRoleEligibilityScheduleInstance",
    set: "roleManagement/directory/roleEligibilityScheduleInstances",
    properties: ELIGIBILITY_TABLE,
};

pub(crate) const ELIGIBLE_MEMBER_TYPE: u8 = number(ELIGIBILITY_TABLE, "memberType");
pub(crate) const ELIGIBLE_START: u8 = number(ELIGIBILITY_TABLE, "startDateTime");

const ACTIVATED_NAMED: &[&str] = &["id", "description", "displayName", "roleTemplateId"];

/// An activated role, stored under its template id. `[GD21]`
pub(crate) static DIRECTORY_ROLE: LazyLock<Schema> =
    LazyLock::new(|| read("directoryRole", "directoryRoles", ACTIVATED_NAMED));

pub(crate) const ACTIVATED_ID: u8 = place(ACTIVATED_NAMED, "id");
pub(crate) const ACTIVATED_DESCRIPTION: u8 = place(ACTIVATED_NAMED, "description");
pub(crate) const ACTIVATED_NAME: u8 = place(ACTIVATED_NAMED, "displayName");
pub(crate) const ACTIVATED_TEMPLATE: u8 = place(ACTIVATED_NAMED, "roleTemplateId");

/// A built-in role as something that can be activated.
pub(crate) static TEMPLATE: LazyLock<Schema> =
    LazyLock::new(|| read("directoryRoleTemplate", "directoryRoleTemplates", &["id"]));

/// A built-in role.
pub(crate) struct BuiltIn {
    pub(crate) template: &'static str,
    pub(crate) name: &'static str,
}

pub(crate) const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";
pub(crate) const USER_ADMINISTRATOR: &str = "fe930be7-5e62-47db-91af-98c3a49a38b1";
pub(crate) const BILLING_ADMINISTRATOR: &str = "b0f54661-2d74-4c50-afa3-1ec803f12efe";
pub(crate) const PASSWORD_ADMINISTRATOR: &str = "966707d0-3269-4727-9be2-8c3a10f19b9d";
pub(crate) const HELPDESK_ADMINISTRATOR: &str = "729827e3-9c14-49f7-bb1b-9608f156bbb8";
pub(crate) const PRIVILEGED_AUTHENTICATION_ADMINISTRATOR: &str = "7be44c8a-adaf-4e2a-84d6-ab2649e08a13";
pub(crate) const AUTHENTICATION_ADMINISTRATOR: &str = "c4e39bd9-1100-46d3-8c65-fb160da0071f";
pub(crate) const DIRECTORY_READERS: &str = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b";
pub(crate) const MESSAGE_CENTER_READER: &str = "790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b";
pub(crate) const MESSAGE_CENTER_PRIVACY_READER: &str = "ac16e43d-7b2d-40e0-ac05-243ff356ab5b";
pub(crate) const GUEST_INVITER: &str = "95e79109-95c0-4d8e-aee3-d01accf2d47b";
pub(crate) const REPORTS_READER: &str = "4a5d8f65-41da-4de4-8968-e035b65339cf";
pub(crate) const USAGE_SUMMARY_REPORTS_READER: &str = "75934031-6c7e-415a-99d7-48dbd49e875e";
pub(crate) const GROUPS_ADMINISTRATOR: &str = "fdd7a751-b60b-444a-984c-02652fe8fa1c";

/// All built-in roles, from the table beside this file; it names its source.
pub(crate) static BUILT_IN: LazyLock<Vec<BuiltIn>> = LazyLock::new(|| {
    let rows = include_str!("roles.tsv").lines().filter(|line| !line.starts_with('#'));
    rows.skip(1).filter_map(|line| line.split_once('\t')).map(|(template, name)| BuiltIn { template, name }).collect()
});

/// A built-in role by display name or template id.
pub(crate) fn built_in_role(key: &str) -> Option<&'static BuiltIn> {
    BUILT_IN.iter().find(|role| role.name.eq_ignore_ascii_case(key) || role.template.eq_ignore_ascii_case(key))
}
