"""Reading accounts: by id and by name, $select, $filter, $top, advanced queries, $count, manager's absence."""

from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.users.item.user_item_request_builder import UserItemRequestBuilder
from msgraph.generated.users.users_request_builder import UsersRequestBuilder

import tenant

Query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters
One = UserItemRequestBuilder.UserItemRequestBuilderGetQueryParameters


async def users():
    graph = tenant.graph()

    # The eleven default properties and no other.
    bo = await graph.users.by_user_id("bo@northwind.example").get()
    assert bo.display_name == "Bo Builder" and bo.mobile_phone == "+1 4255550100"
    assert bo.other_mails is None and bo.account_enabled is None
    by_id = await graph.users.by_user_id(bo.id).get(
        RequestConfiguration(query_parameters=One(select=["id", "otherMails", "accountEnabled", "proxyAddresses"]))
    )
    assert by_id.other_mails == [] and by_id.account_enabled is True
    assert by_id.proxy_addresses == ["SMTP:bo@northwind.example"]
    assert by_id.display_name is None, "not selected"

    listed = await graph.users.get(RequestConfiguration(query_parameters=Query(top=2, select=["displayName"])))
    assert len(listed.value) == 2 and listed.odata_next_link
    found = await graph.users.get(
        RequestConfiguration(
            query_parameters=Query(
                filter="otherMails/any(x:x eq 'ada@fabrikam.example')", select=["userPrincipalName", "otherMails"]
            )
        )
    )
    assert [user.user_principal_name for user in found.value] == ["ada@northwind.example"]
    quoted = await graph.users.get(RequestConfiguration(query_parameters=Query(filter="displayName eq 'O''Hara + Söhne & Co'")))
    assert quoted.value == []

    advanced = RequestConfiguration(
        query_parameters=Query(
            count=True, filter="endsWith(userPrincipalName,'@northwind.example')", orderby=["displayName"], top=999
        )
    )
    advanced.headers.add("ConsistencyLevel", "eventual")
    ordered = await graph.users.get(advanced)
    names = [user.display_name for user in ordered.value]
    assert ordered.odata_count == len(names) == 3 and names == sorted(names)

    found = RequestConfiguration(query_parameters=Query(search='"displayName:cloud"'))
    found.headers.add("ConsistencyLevel", "eventual")
    assert [user.display_name for user in (await graph.users.get(found)).value] == ["Cy Cloud"]

    counting = RequestConfiguration()
    counting.headers.add("ConsistencyLevel", "eventual")
    assert await graph.users.count.get(counting) == 3

    details = await graph.users.by_user_id(bo.id).license_details.get()
    assert [detail.sku_part_number for detail in details.value] == ["SPE_E5"]
    assert any(plan.service_plan_name == "EXCHANGE_S_ENTERPRISE" for plan in details.value[0].service_plans)


tenant.scenario(users)
