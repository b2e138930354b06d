"""What Temporal's lists of runs can be searched by, where `python -m gateway search-attributes` has registered it.

A start that names an attribute which is not registered is refused, so a client looks once what is there. They are never
encrypted: the filename is there as a hash, for who knows it and looks for it.
"""

from __future__ import annotations

import hashlib
import time
from datetime import timedelta

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.service import RPCError

from durable_edits.contracts import EditInput, Status
from durable_edits.errors import TemporalUnavailable

ORGANIZATION = SearchAttributeKey.for_keyword("EditsOrganization")
STATUS = SearchAttributeKey.for_keyword("EditsStatus")
TEMPLATE = SearchAttributeKey.for_keyword("EditsTemplate")
FILENAME = SearchAttributeKey.for_keyword("EditsFilenameHash")
NAMES = {key.name for key in (ORGANIZATION, STATUS, TEMPLATE, FILENAME)}
KEYWORD = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD

HASH_LENGTH = 16  # hexadecimal digits: printf %s NAME | sha256sum | cut -c1-16
LOOK_AGAIN = 600.0  # seconds until a client that found none looks again
CALL_TIMEOUT = timedelta(seconds=10)


class SearchAttributes:
    """Of the edits that one client starts."""

    def __init__(self, temporal: Client) -> None:
        self._temporal = temporal
        self._there = False
        self._looked: float | None = None

    async def of(self, edit: EditInput) -> TypedSearchAttributes:
        """Empty where they are not registered, or where nobody may look."""
        if not self._there and (self._looked is None or time.monotonic() - self._looked > LOOK_AGAIN):
            self._looked = time.monotonic()
            self._there = await _registered(self._temporal)
        return search_attributes(edit) if self._there else TypedSearchAttributes.empty

    def forget(self) -> None:
        """A start was refused: somebody may have removed them."""
        self._there, self._looked = False, time.monotonic()


def search_attributes(edit: EditInput) -> TypedSearchAttributes:
    pairs = [
        SearchAttributePair(ORGANIZATION, edit.organization),
        SearchAttributePair(STATUS, Status.PENDING.value),
        SearchAttributePair(FILENAME, filename_hash(edit.document.filename)),
    ]
    if edit.template_id is not None:
        pairs.append(SearchAttributePair(TEMPLATE, edit.template_id))
    return TypedSearchAttributes(pairs)


def filename_hash(filename: str) -> str:
    return hashlib.sha256(filename.encode("utf-8", "surrogatepass")).hexdigest()[:HASH_LENGTH]


async def register(temporal: Client) -> None:
    """Once for a namespace; again does no harm. Raises TemporalUnavailable."""
    wanted = AddSearchAttributesRequest(
        namespace=temporal.namespace, search_attributes=dict.fromkeys(sorted(NAMES), KEYWORD)
    )
    try:
        await temporal.operator_service.add_search_attributes(wanted, timeout=CALL_TIMEOUT)
    except RPCError as error:
        raise TemporalUnavailable(
            f"Temporal did not register the search attributes; on Temporal Cloud, add {', '.join(sorted(NAMES))} as "
            "Keyword with its own tools.",
            reason=f"{error.status.name}: {error.message}"[:200],
        ) from error


async def _registered(temporal: Client) -> bool:
    asked = ListSearchAttributesRequest(namespace=temporal.namespace)
    try:
        found = await temporal.operator_service.list_search_attributes(asked, timeout=CALL_TIMEOUT)
    except RPCError:  # not allowed, not offered, not up: a start works without them
        return False
    return all(found.custom_attributes.get(name) == KEYWORD for name in NAMES)
