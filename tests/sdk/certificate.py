"""Signing in with a certificate: azure-identity names it by the SHA-1 thumbprint (x5t), and signs."""

import tenant


async def certificate():
    graph = tenant.graph(tenant.certificate())
    (found,) = (await graph.organization.get()).value
    assert found.id == tenant.TENANT


tenant.scenario(certificate)
