"""Changing accounts: PATCH, creation, soft deletion and restore; what is refused carries Graph's code."""

from datetime import datetime, timezone

from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.models.employee_org_data import EmployeeOrgData
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.password_profile import PasswordProfile
from msgraph.generated.models.user import User
from msgraph.generated.users.item.user_item_request_builder import UserItemRequestBuilder

import tenant

One = UserItemRequestBuilder.UserItemRequestBuilderGetQueryParameters


async def writes():
    graph = tenant.graph()
    bo = graph.users.by_user_id("bo@northwind.example")
    assert await bo.patch(User(other_mails=["bo@fabrikam.example", "bo@contoso.example"], mobile_phone="+1 4255550199")) is None
    real = tenant.truth("users", userPrincipalName="bo@northwind.example")
    assert real["otherMails"] == ["bo@fabrikam.example", "bo@contoso.example"]
    assert real["mobilePhone"] == "+1 4255550199"
    # A list replaces the whole list, and an empty one clears it.
    await bo.patch(User(other_mails=[], business_phones=["+1 4255550111"]))
    real = tenant.truth("users", userPrincipalName="bo@northwind.example")
    assert real.get("otherMails", []) == [] and real["businessPhones"] == ["+1 4255550111"]
    # The journal shows exactly what was declared.
    changed = [[change["property"] for change in entry["changes"]] for entry in tenant.simulator("journal")]
    assert [sorted(names) for names in changed] == [["mobilePhone", "otherMails"], ["businessPhones", "otherMails"]] or [
        sorted(names) for names in changed
    ] == [["mobilePhone", "otherMails"], ["otherMails", "businessPhones"]], changed

    created = await graph.users.post(
        User(
            account_enabled=True,
            display_name="Dee Desk",
            mail_nickname="dee",
            user_principal_name="dee@northwind.example",
            age_group="Adult",
            employee_type="Contractor",
            employee_hire_date=datetime(2026, 5, 4, tzinfo=timezone.utc),
            employee_org_data=EmployeeOrgData(division="Sales", cost_center="0815"),
            password_profile=PasswordProfile(force_change_password_next_sign_in=True, password="not-a-real-1"),
        )
    )
    assert created.id and created.user_principal_name == "dee@northwind.example"
    chosen = RequestConfiguration(
        query_parameters=One(select=["ageGroup", "legalAgeGroupClassification", "employeeHireDate", "employeeOrgData", "imAddresses"])
    )
    read = await graph.users.by_user_id(created.id).get(chosen)
    assert (read.age_group, read.legal_age_group_classification) == ("Adult", "adult")
    assert read.employee_org_data.division == "Sales" and read.employee_hire_date.year == 2026 and read.im_addresses == []
    assert "not-a-real-1" not in str(tenant.simulator("truth")) + str(tenant.simulator("journal"))
    await graph.users.by_user_id(created.id).delete()
    try:
        await graph.users.by_user_id(created.id).get()
        raise AssertionError("a deleted account was read")
    except ODataError as error:
        assert error.response_status_code == 404 and error.error.code == "Request_ResourceNotFound"
    restored = await graph.directory.deleted_items.by_directory_object_id(created.id).restore.post()
    assert restored.id == created.id
    assert (await graph.users.by_user_id(created.id).get()).display_name == "Dee Desk"


tenant.scenario(writes)
