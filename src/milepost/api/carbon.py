"""Carbon of a shipment's road, and of legs that somebody plans."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated

from msgspec import Meta, Struct

from milepost.api.services import Services
from milepost.carbon.estimate import carbon_of
from milepost.carbon.factors import Factors
from milepost.carbon.model import Carbon, Stretch
from milepost.carbon.totals import Emitted, MonthTotal, totals
from milepost.domain.scan import id_number
from milepost.domain.track import Track
from milepost.engine.footprint import stretches_of
from milepost.engine.rows import ListFilter, ShipmentRow
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError

# Each one is folded anew for the question.
_MOST_A_MONTH = 2_000
Legs = Annotated[list[Stretch], Meta(min_length=1, max_length=200)]
Name = Annotated[str, Meta(max_length=100)]


class FactorQuery(Struct):
    """`factors`: the name of a set and its version, such as "DEFRA 2025" (the default)."""

    factors: Name | None = None


class EstimateBody(Struct, frozen=True, kw_only=True):
    """Legs in the order of travel. `closed`: passages that ships cannot take ("suez", "panama")."""

    legs: Legs
    factors: Name | None = None
    closed: Annotated[list[Name], Meta(max_length=20)] = []


class ShipmentCarbon(Struct, frozen=True, kw_only=True):
    """A shipment's carbon. `synthetic` is true for made-up data."""

    shipment: str
    number: str
    carbon: Carbon
    synthetic: bool


class MonthQuery(Struct):
    """`month`: such as 2026-11, by each shipment's newest event in UTC."""

    month: Annotated[str, Meta(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
    factors: Name | None = None


class MonthAnswer(Struct, frozen=True, kw_only=True):
    """The month's total of delivered shipments; None where there are none.

    `counted_all` is false where there are more of them than one answer counts: the newest count.
    """

    month: str
    total: MonthTotal | None
    counted_all: bool


def endpoints(services: Services, sets: Mapping[str, Factors]) -> list[Endpoint]:
    return [
        Endpoint(
            method="GET",
            path="/v1/shipments/{id}/carbon",
            handler=partial(of_shipment, services, sets),
            summary="Well-to-wheel emissions of a shipment, leg by leg",
            query=FactorQuery,
            answer=ShipmentCarbon,
            answers=(404, 422),
            tag="carbon",
        ),
        Endpoint(
            method="POST",
            path="/v1/carbon/estimate",
            handler=partial(estimate, sets),
            summary="Well-to-wheel emissions of planned legs",
            body=EstimateBody,
            answer=Carbon,
            tag="carbon",
        ),
        Endpoint(
            method="GET",
            path="/v1/carbon/totals",
            handler=partial(of_month, services, sets),
            summary="A month's emissions of delivered shipments, by mode",
            query=MonthQuery,
            answer=MonthAnswer,
            tag="carbon",
        ),
    ]


async def of_shipment(
    services: Services, sets: Mapping[str, Factors], call: Call
) -> ShipmentCarbon:
    factors = _set(sets, call.query.factors)
    track = await _track(services, call)
    return ShipmentCarbon(
        shipment=track.shipment,
        number=track.number,
        carbon=_carbon(track, factors),
        synthetic=track.synthetic,
    )


def _carbon(track: Track, factors: Factors) -> Carbon:
    stretches, unknown = stretches_of(track)
    return carbon_of(stretches, factors, unknown=unknown)


async def of_month(services: Services, sets: Mapping[str, Factors], call: Call) -> MonthAnswer:
    query: MonthQuery = call.query
    factors, tenant = _set(sets, query.factors), call.caller.tenant
    found: list[Emitted] = []
    rows = await _delivered_in(services, tenant, query.month)
    for row in rows[:_MOST_A_MONTH]:
        track = await services.queries.track(tenant, row.number, private=True)
        if track is not None:
            carbon = _carbon(track, factors)
            found.append(Emitted(tenant=tenant, month=query.month, carbon=carbon))
            await asyncio.sleep(0)  # other requests come in between
    sums = totals(found)
    total = sums[0] if sums else None
    return MonthAnswer(month=query.month, total=total, counted_all=len(rows) <= _MOST_A_MONTH)


async def _delivered_in(services: Services, tenant: int, month: str) -> list[ShipmentRow]:
    """The newest first, and one more than are counted where there are so many."""
    first = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    following = (first + timedelta(days=31)).replace(day=1)
    after = (int(following.timestamp()), -(2**63))
    wanted = ListFilter(main="delivered", limit=_MOST_A_MONTH + 1, after=after)
    rows = await services.ledger.list_shipments(tenant, wanted)
    return [row for row in rows if row.last_s >= first.timestamp()]


async def estimate(sets: Mapping[str, Factors], call: Call) -> Carbon:
    body: EstimateBody = call.body
    carbon = carbon_of(body.legs, _set(sets, body.factors), frozenset(body.closed))
    if not carbon.legs:
        errors = [{"error": one} for one in carbon.unknown]
        raise ProblemError(422, "None of the legs can be reckoned.", errors=errors)
    return carbon


def _set(sets: Mapping[str, Factors], name: str | None) -> Factors:
    if name is None:
        return next(iter(sets.values()))
    found = sets.get(name.casefold())
    if found is None:
        names = ", ".join(one.label for one in sets.values())
        raise ProblemError(422, f"There is no set of factors '{name}', only {names}.")
    return found


async def _track(services: Services, call: Call) -> Track:
    """The road behind the id in the path."""
    tenant, given = call.caller.tenant, call.path("id")
    try:
        road = id_number(given)
    except ValueError:
        raise ProblemError(422, "A shipment id has 16 hexadecimal digits.") from None
    number = services.queries.number_of(tenant, road)
    if number is None:
        row = await services.ledger.shipment(tenant, road)
        number = row.number if row else None
    found = await services.queries.track(tenant, number, private=True) if number else None
    if found is None:
        raise ProblemError(404, "There is no such shipment.")
    return found
