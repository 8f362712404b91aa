"""Groups: creation, with owners and members too; members by reference and expanded, with their types; deletion."""

from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.groups.item.group_item_request_builder import GroupItemRequestBuilder
from msgraph.generated.models.group import Group
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.models.user import User

import tenant

One = GroupItemRequestBuilder.GroupItemRequestBuilderGetQueryParameters


def bound(*people):
    return [f"https://graph.microsoft.com/v1.0/users/{person.id}" for person in people]


async def with_owners_and_members(graph, bo):
    """What is bound at creation is there, and what cannot be bound makes no group."""
    ada = await graph.users.by_user_id("ada@northwind.example").get()

    def wanted(members):
        relations = {"owners@odata.bind": bound(ada), "members@odata.bind": members}
        return Group(
            display_name="Operations",
            description="Keeps things going",
            mail_enabled=False,
            mail_nickname="operations",
            security_enabled=True,
            group_types=[],
            additional_data=relations,
        )

    try:
        await graph.groups.post(wanted(["https://graph.microsoft.com/v1.0/users/00000000-0000-4000-8000-000000000000"]))
        raise AssertionError("a member that does not exist was bound")
    except ODataError as error:
        assert error.response_status_code == 404, error.response_status_code
    made = await graph.groups.post(wanted(bound(ada, bo)))
    assert made.security_identifier.startswith("S-1-12-1-") and made.renewed_date_time == made.created_date_time
    assert made.resource_behavior_options == [] and made.membership_rule is None
    group = graph.groups.by_group_id(made.id)
    assert [(type(owner), owner.id) for owner in (await group.owners.get()).value] == [(User, ada.id)]
    assert {member.id for member in (await group.members.get()).value} == {ada.id, bo.id}
    expanded = await group.get(RequestConfiguration(query_parameters=One(expand=["members($select=id,displayName)"])))
    assert {member.display_name for member in expanded.members} == {"Ada Admin", "Bo Builder"}
    counting = RequestConfiguration()
    counting.headers.add("ConsistencyLevel", "eventual")
    assert await group.members.count.get(counting) == 2
    await group.owners.ref.post(ReferenceCreate(odata_id=f"https://graph.microsoft.com/v1.0/directoryObjects/{bo.id}"))
    await group.owners.by_directory_object_id(ada.id).ref.delete()
    assert [owner.id for owner in (await group.owners.get()).value] == [bo.id]
    await group.delete()


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
    await with_owners_and_members(graph, bo)
    assert [found.id for found in (await graph.groups.get()).value] == []


tenant.scenario(groups)
