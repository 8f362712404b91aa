"""The SDK's own retry handler against 429, judged by the simulator's record of when each request was handled.

Whole seconds are obeyed as given. A fractional Retry-After [TH21] is not parsed by this SDK: it falls back to its
backoff, whose least delay is three seconds, so that it waits long enough for any fraction below that.
"""

from msgraph.generated.models.user import User

import tenant


def handled(operation, since):
    return [entry for entry in tenant.simulator(f"requests?since={since}") if entry["operation"] == operation]


async def obeyed(call, operation, *retry_after):
    """One call of the SDK; every refusal is followed by a pause of at least what it asked for."""
    since = tenant.simulator("statistics")["requests"]
    throttled = tenant.simulator("statistics")["throttled"]
    tenant.simulator("faults", "PUT", ";".join(f"{operation}#{n + 1}:429({s})" for n, s in enumerate(retry_after)))
    result = await call()
    entries = handled(operation, since)
    assert [entry["status"] for entry in entries[:-1]] == [429] * len(retry_after), entries
    assert entries[-1]["status"] < 300, entries
    assert [entry["retryAfter"] for entry in entries[:-1]] == list(retry_after)
    for refused, again in zip(entries, entries[1:]):
        waited = (again["atMs"] - refused["atMs"]) / 1000
        assert waited >= float(refused["retryAfter"]), f"{operation}: came back after {waited} s: {refused}"
    assert tenant.simulator("statistics")["throttled"] - throttled == len(retry_after)
    return result


async def throttling():
    graph = tenant.graph()
    # Five: more than the SDK's own backoff would wait.
    listed = await obeyed(graph.users.get, "GET users", "5")
    assert len(listed.value) == 3
    await obeyed(
        lambda: graph.users.by_user_id("bo@northwind.example").patch(User(mobile_phone="+1 4255550177")),
        "PATCH users/{id}",
        "2.128",
        "1",
    )
    # Written once, however often it was refused.
    assert len(tenant.simulator("journal")) == 1


tenant.scenario(throttling)
