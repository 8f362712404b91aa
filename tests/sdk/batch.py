"""JSON batches with the SDK's batch classes: reads, a write, what is missing, one item throttled.

Dependencies between items are not tried: this release writes them as `depends_on`, which is no member of a batch item.
"""

import json

from kiota_serialization_json.json_parse_node import JsonParseNode
from msgraph.generated.models.user import User
from msgraph.generated.models.user_collection_response import UserCollectionResponse
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem

import tenant


def content(**requests):
    """A batch of requests by id: given at the item, because `add_request_information` makes up ids of its own."""
    return BatchRequestContent({id: BatchRequestItem(request, id=id) for id, request in requests.items()})


async def bodies(graph, **requests):
    """The items' bodies, from the answer as it came: this release's own `response_body` takes Base64 texts only, whereas
    JSON bodies come as JSON [JB] (msgraph-sdk-python-core issues 807 and 835)."""
    request = await graph.batch.to_post_request_information(content(**requests))
    answer = await graph.request_adapter.send_primitive_async(request, "bytes", {})
    items = json.loads(answer)["responses"]
    return {item["id"]: JsonParseNode(item["body"]).get_object_value(UserCollectionResponse) for item in items}


async def batch():
    graph = tenant.graph()
    answer = await graph.batch.post(
        content(
            list=graph.users.to_get_request_information(),
            write=graph.users.by_user_id("bo@northwind.example").to_patch_request_information(
                User(other_mails=["bo@fabrikam.example"])
            ),
            missing=graph.users.by_user_id("nobody@northwind.example").to_get_request_information(),
        )
    )
    assert answer.get_response_status_codes() == {"list": 200, "write": 204, "missing": 404}
    assert len((await bodies(graph, list=graph.users.to_get_request_information()))["list"].value) == 3
    assert tenant.truth("users", userPrincipalName="bo@northwind.example")["otherMails"] == ["bo@fabrikam.example"]
    journal = tenant.simulator("journal")
    assert [entry["method"] for entry in journal] == ["PATCH"]

    cy = graph.users.by_user_id("cy@northwind.example").to_get_request_information()
    # Each item has its own 429. The SDK does not retry items [JB].
    tenant.simulator("faults", "PUT", "GET users/{id}#2:429(2.5)")
    answer = await graph.batch.post(content(**{str(number): cy for number in range(3)}))
    assert answer.get_response_status_codes() == {"0": 200, "1": 429, "2": 200}
    assert answer.get_response_by_id("1").headers["retry-after"] == "2.5"


tenant.scenario(batch)
