"""`/v1/track/{number}/explain`: why there is no record, or none from the carrier yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from milepost.api.services import Services
from milepost.carriers import registry
from milepost.domain.track import Track
from milepost.engine.norecord import Asked, Code, Reason, explain
from milepost.engine.resolve import BadScanError
from milepost.locale import norecord
from milepost.locale.negotiate import negotiate
from milepost.web.endpoint import Call, Endpoint

_EARLY = {"unknown", "pending", "info_received"}


class ExplainQuery(Struct):
    """What the asker knows: `carrier` slug or name, the end of a phone, when it was shipped.
    `language`: of the answer, as a BCP 47 tag; without it, what the request accepts.
    """

    carrier: Annotated[str, Meta(max_length=100)] | None = None
    phone_tail: Annotated[str, Meta(max_length=20)] | None = None
    shipped_at: datetime | None = None
    language: Annotated[str, Meta(max_length=35)] | None = None


class Why(Struct, omit_defaults=True):
    """One possible reason: what it means, and what to do about it. `proposals`: numbers or carriers
    to try instead.
    """

    code: Code
    text: str
    do: str
    proposals: tuple[str, ...] = ()


class Explanation(Struct):
    """`recorded`: a carrier has scanned it, so there is nothing to explain."""

    number: str
    recorded: bool
    reasons: list[Why]


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
    found = reasons(services, call.caller.tenant, number, query, track)
    return Explanation(number, False, in_words(found, language_of(call, query.language)))


def in_words(found: Sequence[Reason], locale: str) -> list[Why]:
    """The reasons in one of our languages."""
    return [Why(one.code, *_said(one, locale), one.proposals) for one in found]


def _said(one: Reason, locale: str) -> tuple[str, str]:
    known = registry.find(one.carrier) if one.carrier else None
    name = known.name if known is not None else one.carrier
    return norecord.said(one.code, locale, name)


def language_of(call: Call, wanted: str | None = None) -> str:
    """Of ours, the one that the caller wants or at least accepts."""
    return negotiate(wanted, None, call.request.headers.get("accept-language", ""))


def reasons(
    services: Services, tenant: int, number: str, query: ExplainQuery, track: Track | None = None
) -> list[Reason]:
    """All that may be why."""
    now_s = services.now_us() // 1_000_000
    slug = registry.find(query.carrier) if query.carrier else None
    asked = Asked(
        number=number,
        carrier=slug.slug if slug else (track.carrier if track else None),
        stranger=query.carrier if query.carrier and slug is None else None,
        phone_tail=query.phone_tail,
        registered_s=_age_s(track.events[0].received_at, now_s) if track and track.events else None,
        shipped_s=_since_s(query.shipped_at, now_s) if query.shipped_at else None,
        needs_phone_tail=needs_phone_tail,
        down=partial(services.down, tenant),
    )
    return explain(asked)


def _since_s(at: datetime, now_s: int) -> int:
    """Seconds since then; a time without a zone is taken for UTC, which is right to half a day."""
    return now_s - int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


def problem_errors(
    services: Services, tenant: int, number: str, locale: str
) -> list[dict[str, object]]:
    """The same as a problem's `errors`."""
    found = reasons(services, tenant, number, ExplainQuery())
    return [msgspec.to_builtins(one) for one in in_words(found, locale)]


def needs_phone_tail(slug: str) -> bool:
    """Whether a carrier shows a parcel only with the end of a phone number."""
    found = registry.find(slug)
    return found is not None and found.needs_phone_tail


def _age_s(at: str, now_s: int) -> int:
    return now_s - int(datetime.fromisoformat(at).timestamp())
