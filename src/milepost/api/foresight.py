"""`/v1/foresight`: what arrival windows rest on, and whether the world has changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated

from msgspec import Meta, Struct

from milepost.engine.customs import Customs
from milepost.engine.foresight import Foresight
from milepost.eta.drift import Drift
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError

Text = Annotated[str, Meta(max_length=120)]
# Days at which a curve is told.
_DAYS = (0.25, 0.5, 1, 2, 3, 4, 5, 7, 10, 14, 21, 30, 45, 60)


class DriftView(Struct, frozen=True, kw_only=True):
    """The last forty roads of a group against its last four hundred; without a carrier, all of the
    tenant's. `slower`, `faster`: `size` times as long, against what was said, as usual.
    `quotes_broken`: the share (`size`) of roads that came after their P90. `sure`: standard errors.
    """

    kind: str
    size: float
    sure: float
    carrier: str | None
    origin: str | None
    destination: str | None


class ForesightAnswer(Struct, frozen=True, kw_only=True):
    """`roads` have taught since the process began, the newest of before among them. `model` is None
    where tables answer alone; `models` are the predictors that may speak besides them.
    """

    roads: int
    model: str | None
    models: list[str]
    drift: list[DriftView]


class CustomsQuery(Struct):
    """`country`: ISO alpha-2; `port`: the place of the customs office, as scans name it; `goods`:
    the first two digits of the HS code.
    """

    country: Annotated[str, Meta(min_length=2, max_length=2)]
    port: Text = ""
    goods: Text = ""


class Held(Struct, frozen=True):
    """`share` of parcels are still there after so many days."""

    days: float
    share: float


class ClearanceAnswer(Struct, frozen=True, kw_only=True):
    """Of the narrowest group with enough stays: `of` the `port_goods`, `port` or `country`.
    `evidence`: stays behind it, as they weigh now.
    """

    of: str
    evidence: int
    p50_days: float
    p90_days: float
    held: list[Held]


def endpoints(foresight: Foresight, version: Callable[[], str | None]) -> list[Endpoint]:
    """`version` of the trained model in use."""
    return [
        Endpoint(
            method="GET", path="/v1/foresight", handler=partial(state, foresight, version),
            summary="What arrival windows rest on, and where the world has changed",
            answer=ForesightAnswer, tag="foresight",
        )
    ]  # fmt: skip


def customs_endpoints(customs: Customs, now_s: Callable[[], int]) -> list[Endpoint]:
    """How long customs takes."""
    return [
        Endpoint(
            method="GET", path="/v1/foresight/customs", handler=partial(clearance, customs, now_s),
            summary="How long customs takes, by country, port and goods: a survival curve",
            query=CustomsQuery, answer=ClearanceAnswer, answers=(404, 422), tag="foresight",
        )
    ]  # fmt: skip


async def state(
    foresight: Foresight, version: Callable[[], str | None], call: Call
) -> ForesightAnswer:
    tenant = call.caller.tenant
    learned = foresight.of(tenant)
    return ForesightAnswer(
        roads=learned.roads, model=version(), models=[one.name for one in learned.table.models],
        drift=[_view(one) for one in foresight.drifts(tenant)],
    )  # fmt: skip


def _view(drift: Drift) -> DriftView:
    carrier, origin, destination = drift.group[1:4] or ("", "", "")
    return DriftView(
        kind=drift.kind, size=round(drift.size, 3), sure=round(drift.sure, 1),
        carrier=carrier or None, origin=origin or None, destination=destination or None,
    )  # fmt: skip


async def clearance(customs: Customs, now_s: Callable[[], int], call: Call) -> ClearanceAnswer:
    asked: CustomsQuery = call.query
    customs.refresh(now_s())
    found = customs.clearance(call.caller.tenant, asked.country.upper(), asked.port, asked.goods)
    if found is None:
        raise ProblemError(404, "Too few stays at customs are known there.")
    curve, of = found
    return ClearanceAnswer(
        of=of, evidence=int(curve.evidence),
        p50_days=round(curve.quantile(0.5), 2), p90_days=round(curve.quantile(0.9), 2),
        held=[Held(days, round(curve.surviving(days), 4)) for days in _DAYS],
    )  # fmt: skip
