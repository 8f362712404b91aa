"""Groups: creation, members by reference, members with their types, what an account is a member of, deletion."""

from msgraph.generated.models.group import Group
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.models.user import User

import tenant


async def groups():
    graph = tenant.graph()
    group = await graph.groups.post(
        Group(display_name="Desk", mail_enabled=False, mail_nickname="desk", security_enabled=True, group_types=[])
    )
    bo = await graph.users.by_user_id("bo@northwind.example").get()
    reference = ReferenceCreate(odata_id=f"https://graph.microsoft.com/v1.0/directoryObjects/{bo.id}")
    await graph.groups.by_group_id(group.id).members.ref.post(reference)
    members = await graph.groups.by_group_id(group.id).members.get()
    assert [(type(member), member.id) for member in members.value] == [(User, bo.id)]
    only_users = await graph.groups.by_group_id(group.id).members.graph_user.get()
    assert [user.user_principal_name for user in only_users.value] == ["bo@northwind.example"]
    of = await graph.users.by_user_id(bo.id).member_of.get()
    assert [(type(found), found.id) for found in of.value] == [(Group, group.id)]
    await graph.groups.by_group_id(group.id).patch(Group(description="Answers requests"))
    assert (await graph.groups.by_group_id(group.id).get()).description == "Answers requests"
    await graph.groups.by_group_id(group.id).members.by_directory_object_id(bo.id).ref.delete()
    assert (await graph.groups.by_group_id(group.id).members.get()).value == []
    await graph.groups.by_group_id(group.id).delete()
    assert [found.id for found in (await graph.groups.get()).value] == []


tenant.scenario(groups)
