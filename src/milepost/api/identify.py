"""`GET /v1/identify/{number}`: whose number may this be?"""

from __future__ import annotations

from msgspec import Struct

from milepost.identify import Candidate, Identification, identify
from milepost.web.endpoint import Call, Endpoint


class IdentifyQuery(Struct):
    """`country`: where the parcel goes or comes from, ISO 3166-1 alpha-2."""

    country: str | None = None


def endpoints() -> list[Endpoint]:
    return [
        Endpoint(
            method="GET",
            path="/v1/identify/{number}",
            handler=whose,
            summary="Ranked carriers that a number may belong to",
            query=IdentifyQuery,
            answer=Identification,
            tag="identify",
        )
    ]


async def whose(call: Call) -> Identification:
    return identify(call.path("number")[:200], country=call.query.country)


__all__ = ["Candidate", "endpoints"]
