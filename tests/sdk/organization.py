"""The organization's contact fields: read, replaced as a whole, read back."""

from msgraph.generated.models.organization import Organization
from msgraph.generated.models.privacy_profile import PrivacyProfile

import tenant


async def organization():
    graph = tenant.graph()
    (before,) = (await graph.organization.get()).value
    assert before.id == tenant.TENANT and before.technical_notification_mails == ["it@northwind.example"]
    assert before.security_compliance_notification_phones == ["(123) 456-7890"]
    assert [domain.name for domain in before.verified_domains if domain.is_initial] == ["northwind.onmicrosoft.com"]
    await graph.organization.by_organization_id(before.id).patch(
        Organization(
            technical_notification_mails=["ops@northwind.example", "noc@northwind.example"],
            privacy_profile=PrivacyProfile(contact_email="privacy@northwind.example"),
        )
    )
    after = await graph.organization.by_organization_id(before.id).get()
    assert after.technical_notification_mails == ["ops@northwind.example", "noc@northwind.example"]
    assert after.privacy_profile.contact_email == "privacy@northwind.example"
    assert after.marketing_notification_emails == []
    skus = await graph.subscribed_skus.get()
    assert [sku.sku_part_number for sku in skus.value] == ["SPE_E5"]


tenant.scenario(organization)
