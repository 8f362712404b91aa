"""Refusals arrive as the SDK's ODataError with Graph's codes; wrong credentials as azure-identity's own error."""

from azure.core.exceptions import ClientAuthenticationError
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.user import User
from msgraph.generated.users.users_request_builder import UsersRequestBuilder

import tenant

Query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters


async def refused(call, status, code):
    try:
        await call
    except ODataError as error:
        assert (error.response_status_code, error.error.code) == (status, code), (error.response_status_code, error.error)
        assert error.error.inner_error.request_id, "innerError carries the request's id"
        return error
    raise AssertionError(f"{code} was expected")


async def errors():
    graph = tenant.graph()
    await refused(graph.users.by_user_id("nobody@northwind.example").get(), 404, "Request_ResourceNotFound")
    unsupported = RequestConfiguration(query_parameters=Query(filter="displayName ne 'x'"))
    await refused(graph.users.get(unsupported), 400, "Request_UnsupportedQuery")
    await refused(graph.users.get(RequestConfiguration(query_parameters=Query(filter="nonsense"))), 400, "BadRequest")
    bo = graph.users.by_user_id("bo@northwind.example")
    await refused(bo.patch(User(proxy_addresses=["smtp:x@northwind.example"])), 400, "Request_BadRequest")
    await refused(bo.patch(User(other_mails=["x@y.example"] * 251)), 400, "Request_BadRequest")

    reader = tenant.graph(tenant.secret(tenant.READER, "reader-secret"))
    (user,) = [user for user in (await reader.users.get()).value if user.display_name == "Bo Builder"]
    assert user.mobile_phone is None, "User.ReadBasic.All does not read phones"
    denied = reader.users.by_user_id(user.id).patch(User(mobile_phone="+1 4255550123"))
    error = await refused(denied, 403, "Authorization_RequestDenied")
    assert error.error.message == "Insufficient privileges to complete the operation."

    tenant.simulator("faults", "PUT", "GET organization:500")
    await refused(graph.organization.get(), 500, "InternalServerError")

    for client, secret, number in [
        (tenant.CLIENT, "wrong", "AADSTS7000215"),
        ("11111111-2222-4333-8444-555555555555", "x", "AADSTS700016"),
    ]:
        try:
            tenant.secret(client, secret).get_token("https://graph.microsoft.com/.default")
            raise AssertionError("a token was issued")
        except ClientAuthenticationError as error:
            assert number in error.message, error.message
            assert secret == "x" or secret not in error.message


tenant.scenario(errors)
