"""The vendor's Python SDK, as it is installed from its lock, against the live gateway: only the address is ours."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import truststore
from retab import AsyncRetab, Retab

from tests.live import KEY, Gateway


@pytest.fixture(scope="module", autouse=True)
def _straight_to_the_loopback() -> Iterator[None]:
    """The SDK's transport would ask a proxy of the environment, and it changes `ssl` for the whole process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1")
        yield
    truststore.extract_from_ssl()


@pytest.fixture(scope="module")
def client(gateway: Gateway) -> Iterator[Retab]:
    with Retab(api_key=KEY, base_url=gateway.url, max_retries=0) as client:
        yield client


@pytest.fixture
async def async_client(gateway: Gateway) -> AsyncIterator[AsyncRetab]:
    async with AsyncRetab(api_key=KEY, base_url=gateway.url, max_retries=0) as client:
        yield client
