"""A client of the official SDK for the simulated tenant, and a look behind its back.

Nothing of the SDK is replaced: the credential is azure-identity's, the pipeline is the SDK's default middleware. Only
addresses are given, and the authority to trust.
"""

import asyncio
import json
import os
import ssl
import urllib.request
from urllib.parse import urlsplit

import httpx
from azure.identity import CertificateCredential, ClientSecretCredential
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.graph_request_adapter import options
from msgraph_core import GraphClientFactory

BASE = os.environ["SIMULATOR"]
CA = os.environ["SIMULATOR_CA"]
TENANT = "3a7d9b54-6c21-4f0e-9d83-b15e2c4a7f60"
CLIENT = "b07c6d1e-8f42-4a95-b3d7-5e9a1c20f384"
READER = "64e0f9a3-1b7c-4d28-95f6-c8d2b3e7a019"

# What the credential must be told because the authority is none of Microsoft's.
AUTHORITY = {
    "authority": urlsplit(BASE).netloc,
    "disable_instance_discovery": True,
    "connection_verify": CA,
}


def secret(client_id=CLIENT, value="sdk-secret"):
    return ClientSecretCredential(TENANT, client_id, value, **AUTHORITY)


def certificate():
    return CertificateCredential(TENANT, CLIENT, certificate_data=open(os.environ["SDK_CERTIFICATE"], "rb").read(), **AUTHORITY)


def graph(credential=None):
    """The SDK's client as it comes, told where the service is."""
    provider = AzureIdentityAuthenticationProvider(
        credential or secret(),
        scopes=["https://graph.microsoft.com/.default"],
        allowed_hosts=[urlsplit(BASE).hostname],
    )
    http = httpx.AsyncClient(
        base_url=f"{BASE}/v1.0", verify=ssl.create_default_context(cafile=CA), http2=True, timeout=60
    )
    http = GraphClientFactory.create_with_default_middleware(client=http, options=options)
    adapter = GraphRequestAdapter(provider, client=http)
    adapter.base_url = f"{BASE}/v1.0"
    return GraphServiceClient(request_adapter=adapter)


def simulator(path, method="GET", body=None):
    """The simulator's own surface, past the SDK."""
    request = urllib.request.Request(f"{BASE}/_sim/{path}", data=body and body.encode(), method=method)
    with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=CA)) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def truth(kind, **wanted):
    """The only object of a kind with these values, as it really is."""
    found = [item for item in simulator("truth")[kind] if all(item.get(k) == v for k, v in wanted.items())]
    assert len(found) == 1, f"{len(found)} {kind} with {wanted}"
    return found[0]


def scenario(function):
    """Runs the coroutine; an assertion that fails ends the process with its traceback."""
    asyncio.run(function())
    print(f"{function.__name__}: done")
