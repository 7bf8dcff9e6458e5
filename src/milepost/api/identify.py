"""`/v1/identify`: whose number may this be?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Annotated

from msgspec import Meta, Struct

from milepost.api.services import Services
from milepost.engine.rows import ListFilter
from milepost.identify import Candidate, Identification, identify
from milepost.web.endpoint import Call, Endpoint

# The tenant's own history are the carriers of so many of its newest shipments.
NEWEST = 500
# For so long a history is taken as it was found: people look up many numbers one after another.
FRESH_US = 60_000_000
# A tracking number is far shorter; what was pasted around it may be longer.
LONGEST = 200


class IdentifyQuery(Struct):
    """`country`: where the parcel goes or comes from, ISO 3166-1 alpha-2."""

    country: str | None = None


class IdentifyRequest(Struct):
    """Up to 1,000 numbers; `country` as in the question for one."""

    numbers: Annotated[list[str], Meta(min_length=1, max_length=1000)]
    country: str | None = None


class IdentifyAnswer(Struct):
    """One for each number, in the order asked."""

    numbers: list[Identification]


class Histories:
    """How many of a tenant's newest shipments travel with each carrier."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._found: dict[int, tuple[int, Mapping[str, float]]] = {}

    async def of(self, tenant: int) -> Mapping[str, float]:
        """Counts by carrier slug; at most a minute old."""
        now_us = self._services.now_us()
        until, counts = self._found.get(tenant, (0, {}))
        if until <= now_us:
            rows = await self._services.ledger.list_shipments(tenant, ListFilter(limit=NEWEST))
            counts = Counter(row.carrier for row in rows if row.carrier)
            self._found[tenant] = (now_us + FRESH_US, counts)
        return counts


def endpoints(services: Services) -> list[Endpoint]:
    histories = Histories(services)
    return [
        Endpoint(
            method="GET",
            path="/v1/identify/{number}",
            handler=partial(whose, histories),
            summary="Ranked carriers that a number may belong to",
            query=IdentifyQuery,
            answer=Identification,
            tag="identify",
        ),
        Endpoint(
            method="POST",
            path="/v1/identify",
            handler=partial(whose_each, histories),
            summary="Ranked carriers for each of up to 1,000 numbers",
            body=IdentifyRequest,
            answer=IdentifyAnswer,
            tag="identify",
        ),
    ]


async def whose(histories: Histories, call: Call) -> Identification:
    history = await histories.of(call.caller.tenant)
    number = call.path("number")[:LONGEST]
    return identify(number, history=history, country=call.query.country)


async def whose_each(histories: Histories, call: Call) -> IdentifyAnswer:
    history = await histories.of(call.caller.tenant)
    asked: IdentifyRequest = call.body
    country = asked.country
    return IdentifyAnswer(
        [identify(one[:LONGEST], history=history, country=country) for one in asked.numbers]
    )


__all__ = ["Candidate", "endpoints"]
