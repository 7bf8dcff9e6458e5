"""`/v1/track/{number}/explain`: why there is no record, or none from the carrier yet."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from milepost.api.services import Services
from milepost.carriers import registry
from milepost.domain.track import Track
from milepost.engine.norecord import Asked, Reason, explain
from milepost.engine.resolve import BadScanError
from milepost.web.endpoint import Call, Endpoint

_EARLY = {"unknown", "pending", "info_received"}


class ExplainQuery(Struct):
    """What the asker knows: `carrier` slug or name, the end of a phone, when it was shipped."""

    carrier: Annotated[str, Meta(max_length=100)] | None = None
    phone_tail: Annotated[str, Meta(max_length=20)] | None = None
    shipped_at: datetime | None = None


class Explanation(Struct):
    """`recorded`: a carrier has scanned it, so there is nothing to explain."""

    number: str
    recorded: bool
    reasons: list[Reason]


def endpoints(services: Services) -> list[Endpoint]:
    return [
        Endpoint(
            method="GET",
            path="/v1/track/{number}/explain",
            handler=partial(why, services),
            summary="Why there is no record of a number, and what to do",
            query=ExplainQuery,
            answer=Explanation,
            tag="track",
        )
    ]


async def why(services: Services, call: Call) -> Explanation:
    number, query = call.path("number")[:200], call.query
    try:
        track = await services.queries.track(call.caller.tenant, number, private=True)
    except BadScanError:
        track = None
    if track is not None and track.status.main not in _EARLY:
        return Explanation(number, True, [])
    tenant = call.caller.tenant
    return Explanation(number, False, reasons(services, tenant, number, query, track))


def reasons(
    services: Services, tenant: int, number: str, query: ExplainQuery, track: Track | None = None
) -> list[Reason]:
    """All that may be why."""
    now_s = services.now_us() // 1_000_000
    slug = registry.find(query.carrier) if query.carrier else None
    asked = Asked(
        number=number,
        carrier=slug.slug if slug else (track.carrier if track else None),
        phone_tail=query.phone_tail,
        registered_s=_age_s(track.events[0].received_at, now_s) if track and track.events else None,
        shipped_s=_since_s(query.shipped_at, now_s) if query.shipped_at else None,
        needs_phone_tail=_needs_phone_tail,
        down=partial(services.down, tenant),
    )
    return explain(asked)


def _since_s(at: datetime, now_s: int) -> int:
    """Seconds since then; a time without a zone is taken for UTC, which is right to half a day."""
    return now_s - int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


def problem_errors(services: Services, tenant: int, number: str) -> list[dict[str, object]]:
    """The same as a problem's `errors`."""
    return [msgspec.to_builtins(one) for one in reasons(services, tenant, number, ExplainQuery())]


def _needs_phone_tail(slug: str) -> bool:
    found = registry.find(slug)
    return found is not None and found.needs_phone_tail


def _age_s(at: str, now_s: int) -> int:
    return now_s - int(datetime.fromisoformat(at).timestamp())
