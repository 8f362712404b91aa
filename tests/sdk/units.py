"""Administrative units, roles within them, members of directory roles by reference, and roles of the tenant's own."""

from msgraph.generated.models.administrative_unit import AdministrativeUnit
from msgraph.generated.models.directory_role import DirectoryRole
from msgraph.generated.models.identity import Identity
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.models.scoped_role_membership import ScopedRoleMembership
from msgraph.generated.models.unified_role_definition import UnifiedRoleDefinition
from msgraph.generated.models.unified_role_permission import UnifiedRolePermission

import tenant

HELPDESK = "729827e3-9c14-49f7-bb1b-9608f156bbb8"


async def units():
    graph = tenant.graph()
    bo = await graph.users.by_user_id("bo@northwind.example").get()
    reference = ReferenceCreate(odata_id=f"https://graph.microsoft.com/v1.0/directoryObjects/{bo.id}")

    templates = await graph.directory_role_templates.get()
    assert len(templates.value) > 120
    template = await graph.directory_role_templates.by_directory_role_template_id(HELPDESK).get()
    assert template.display_name == "Helpdesk Administrator"
    role = await graph.directory_roles.post(DirectoryRole(role_template_id=HELPDESK))
    members = graph.directory_roles.by_directory_role_id(role.id).members
    await members.ref.post(reference)
    assert [member.id for member in (await members.get()).value] == [bo.id]
    await members.by_directory_object_id(bo.id).ref.delete()
    assert (await members.get()).value == []

    unit = await graph.directory.administrative_units.post(AdministrativeUnit(display_name="Berlin", description="d"))
    inside = graph.directory.administrative_units.by_administrative_unit_id(unit.id)
    await inside.members.ref.post(reference)
    assert [member.id for member in (await inside.members.get()).value] == [bo.id]
    of = (await graph.users.by_user_id(bo.id).member_of.get()).value
    assert [type(found) for found in of] == [AdministrativeUnit]
    scoped = await inside.scoped_role_members.post(
        ScopedRoleMembership(role_id=role.id, role_member_info=Identity(id=bo.id))
    )
    assert scoped.administrative_unit_id == unit.id and scoped.role_member_info.display_name == "Bo Builder"
    assert (await members.get()).value == [], "within the unit is not within the tenant"
    await inside.scoped_role_members.by_scoped_role_membership_id(scoped.id).delete()
    await inside.patch(AdministrativeUnit(description="changed"))
    assert (await inside.get()).description == "changed"
    await inside.delete()

    definitions = graph.role_management.directory.role_definitions
    own = await definitions.post(
        UnifiedRoleDefinition(
            display_name="Phone Reader",
            is_enabled=True,
            role_permissions=[UnifiedRolePermission(allowed_resource_actions=["microsoft.directory/users/standard/read"])],
        )
    )
    assert own.is_built_in is False
    await definitions.by_unified_role_definition_id(own.id).delete()


tenant.scenario(units)
