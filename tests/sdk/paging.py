"""The SDK's page iterator over more than a thousand accounts: every account once, over next links."""

from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph_core.tasks.page_iterator import PageIterator

import tenant

Query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters
GENERATED = 1200


async def paging():
    graph = tenant.graph()
    for top, pages in [(None, 13), (999, 2), (250, 5)]:
        before = tenant.simulator("statistics")["operations"].get("GET users", 0)
        query = RequestConfiguration(query_parameters=Query(select=["id", "userPrincipalName"], top=top))
        first = await graph.users.get(query)
        ids = []
        await PageIterator(first, graph.request_adapter).iterate(lambda user: ids.append(user.id) or True)
        assert len(ids) == len(set(ids)) == GENERATED + 3, len(ids)
        assert set(ids) == {user["id"] for user in tenant.simulator("truth")["users"]}
        asked = tenant.simulator("statistics")["operations"]["GET users"] - before
        assert asked == pages, f"{asked} requests for pages of {top}"


tenant.scenario(paging)
