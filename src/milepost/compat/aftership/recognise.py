"""Which carrier a number is of: couriers and `couriers/detect`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from milepost.compat.aftership import countries, versions
from milepost.compat.aftership.answering import Answer, Asked, Handler
from milepost.compat.aftership.desk import Desk, split
from milepost.compat.aftership.faults import FaultError
from milepost.compat.aftership.slugs import carrier_for, slug_for
from milepost.compat.core import Row
from milepost.engine.resolve import BadScanError
from milepost.identify import identify

_CHINESE = {"CN", "TW", "HK", "MO"}


def handlers(desk: Desk) -> dict[str, Handler]:
    """By the name of the call."""
    return {"couriers": partial(couriers, desk), "detect": partial(detect, desk)}


async def couriers(desk: Desk, asked: Asked) -> Answer:
    rows = desk.services.crosswalk.all()
    wanted = [slug.lower() for slug in split(asked.query.get("slug"))]
    slugs = wanted or [slug_for(desk.services.crosswalk, row.slug) or "" for row in rows]
    shown = [_courier(desk, asked, slug) for slug in dict.fromkeys(slugs)]
    known = [one for one in shown if one is not None]
    return Answer({"total": len(known), "couriers": known})


async def detect(desk: Desk, asked: Asked) -> Answer:
    body = versions.newer(asked.wrapped("tracking", 4006), asked.version)
    number = body.get("tracking_number")
    if number is None or number == "":
        raise FaultError(4007)
    if not isinstance(number, str):
        raise FaultError(4005)
    wanted = _slugs(body.get("slug"))
    country = body.get("origin_country_region") or body.get("destination_country_region")
    hint = countries.alpha2(country) if isinstance(country, str) else None
    slugs = [slug for slug in _candidates(desk, number, hint) if not wanted or slug in wanted]
    shown = [_courier(desk, asked, slug) for slug in slugs]
    return Answer({"total": len(shown), "couriers": shown})


async def carrier_of(
    desk: Desk, tenant: int, number: str, slug: str | None
) -> tuple[str | None, str | None]:
    """(AfterShip's slug, ours): as given, else as known, else the one that the number tells.

    Both None where several are likely: then the first scan decides. Raises FaultError 4010, 4012.
    """
    crosswalk = desk.services.crosswalk
    if slug:
        if (carrier := carrier_for(crosswalk, slug)) is None:
            raise FaultError(4010)
        return slug, carrier
    if known := await _known(desk, tenant, number):
        return slug_for(crosswalk, known), known
    found = identify(number)
    if not found.candidates:
        raise FaultError(4012)
    if found.ambiguous:
        return None, None
    carrier = found.candidates[0].carrier
    return slug_for(crosswalk, carrier), carrier


async def _known(desk: Desk, tenant: int, number: str) -> str | None:
    try:
        track = await desk.services.queries.track(tenant, number, private=True)
    except BadScanError:
        raise FaultError(4005) from None
    return track.carrier if track else None


def _candidates(desk: Desk, number: str, country: str | None) -> Iterable[str]:
    """Slugs, the likeliest first, each once."""
    found = identify(number, country=country).candidates
    slugs = (slug_for(desk.services.crosswalk, one.carrier) for one in found)
    return dict.fromkeys(slug for slug in slugs if slug)


def _slugs(given: Any) -> set[str]:
    if isinstance(given, str):
        given = split(given)
    if given is None:
        return set()
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise FaultError(4010)
    return {one.lower() for one in given}


def _courier(desk: Desk, asked: Asked, slug: str) -> dict[str, Any] | None:
    """A courier as the version asked shows it, None for a slug that nobody knows."""
    carrier = carrier_for(desk.services.crosswalk, slug)
    if carrier is None:
        return None
    row = desk.services.crosswalk.row(carrier) or Row(slug=carrier, name=carrier)
    language = "zh-Hans" if row.country in _CHINESE else "en"
    courier: dict[str, Any] = {
        "slug": slug,
        "name": row.name,
        "phone": None,
        "other_name": row.name_zh,
        "web_url": "",
        "required_fields": [],
        # The last digits of a phone number, which some carriers ask for.
        "optional_fields": ["tracking_key"] if row.needs_phone_tail else [],
        "default_language": language,
        "support_languages": [language],
        "service_from_country_regions": [countries.alpha3(row.country)] if row.country else [],
        "credentials": {"fields": []},
    }
    return versions.older("courier", courier, asked.version)
