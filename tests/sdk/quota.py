"""The SDK against limits that it runs into by itself: every refusal is obeyed, and every call succeeds in the end."""

import tenant


async def quota():
    graph = tenant.graph()
    # The quota is 14 resource units per ten seconds and a list costs two. On however slow a machine: until it is used up
    # for the second time.
    asked = 0
    while tenant.simulator("statistics")["throttled"] < 2:
        assert asked < 100, "the quota is never used up"
        assert len((await graph.users.get()).value) == 3
        asked += 1
    requests = [entry for entry in tenant.simulator("requests") if entry["operation"] == "GET users"]
    refused = [entry["status"] == 429 for entry in requests]
    assert len(requests) - sum(refused) == asked, refused
    assert tenant.simulator("statistics")["throttled"] == sum(refused)
    for entry, again in zip(requests, requests[1:]):
        if entry["status"] == 429:
            waited = (again["atMs"] - entry["atMs"]) / 1000
            assert waited >= float(entry["retryAfter"]), f"came back after {waited} s: {entry}"
    # Who obeys is not refused twice for the same request.
    assert not any(first and second for first, second in zip(refused, refused[1:])), refused


tenant.scenario(quota)
