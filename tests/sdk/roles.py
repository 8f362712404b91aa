"""Directory roles: assignments with their principals, creation, conflict, deletion; activated roles and members."""

from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.unified_role_assignment import UnifiedRoleAssignment
from msgraph.generated.models.user import User
from msgraph.generated.role_management.directory.role_assignments.role_assignments_request_builder import (
    RoleAssignmentsRequestBuilder,
)

import tenant

Query = RoleAssignmentsRequestBuilder.RoleAssignmentsRequestBuilderGetQueryParameters
GLOBAL = "62e90394-69f5-4237-9190-012177145e10"
HELPDESK = "729827e3-9c14-49f7-bb1b-9608f156bbb8"


async def roles():
    graph = tenant.graph()
    assignments = graph.role_management.directory.role_assignments
    query = RequestConfiguration(query_parameters=Query(filter=f"roleDefinitionId eq '{GLOBAL}'", expand=["principal"]))
    held = await assignments.get(query)
    assert [type(held_by.principal) for held_by in held.value] == [User]
    assert held.value[0].principal.display_name == "Ada Admin"

    bo = await graph.users.by_user_id("bo@northwind.example").get()
    wanted = UnifiedRoleAssignment(principal_id=bo.id, role_definition_id=HELPDESK, directory_scope_id="/")
    made = await assignments.post(wanted)
    assert made.id and (made.principal_id, made.role_definition_id) == (bo.id, HELPDESK)
    try:
        await assignments.post(wanted)
        raise AssertionError("the same assignment was made twice")
    except ODataError as error:
        assert error.error.message.startswith("A conflicting object"), error.error.message
    recipients = tenant.simulator("truth")["roleManagement/directory/roleAssignments"]
    assert any(found["id"] == made.id for found in recipients)

    definition = await graph.role_management.directory.role_definitions.by_unified_role_definition_id(HELPDESK).get()
    assert definition.display_name == "Helpdesk Administrator" and definition.is_built_in
    members = await graph.directory_roles_with_role_template_id(HELPDESK).get()
    assert members.display_name == "Helpdesk Administrator"
    found = await graph.directory_roles.by_directory_role_id(members.id).members.get()
    assert [member.id for member in found.value] == [bo.id]

    await assignments.by_unified_role_assignment_id(made.id).delete()
    left = await assignments.get(RequestConfiguration(query_parameters=Query(filter=f"principalId eq '{bo.id}'")))
    assert left.value == []


tenant.scenario(roles)
