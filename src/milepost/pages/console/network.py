"""`/console/network`: hubs with in, out, dwell and backlog; lanes; trucks; `?wall=1` for a wall."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

from msgspec import Struct
from starlette.responses import Response

from milepost.domain.status import MAIN_CODE
from milepost.pages.console.desk import Visit
from milepost.stores.postgres.console.network import COUNTED, Passed
from milepost.stores.postgres.console.worries import WorryFilter

HOUR_S, DAY_S = 3_600, 86_400
SPANS = {"24h": DAY_S, "3d": 3 * DAY_S, "7d": 7 * DAY_S}
MOST = 40
MOST_TRUCKS = 24
ACTIVE = ("picked_up", "in_transit", "customs", "out_for_delivery", "available_for_pickup",
          "attempt_failed", "exception", "returning")  # fmt: skip


class Hub(Struct, frozen=True):
    """`backlog`: what came within seven days and has not been scanned out. `dwell_s`: on average,
    of those whose coming and going were both scanned. `share`: of the busiest, 0 to 100.
    """

    name: str
    came: int
    went: int
    dwell_s: float | None
    backlog: int
    share: int


class Lane(Struct, frozen=True):
    """`took_s`: on average, from the scan out of one to the scan into the other."""

    origin: str
    destination: str
    passed: int
    took_s: float | None


async def show(visit: Visit) -> Response:
    span = visit.request.query_params.get("span", "24h")
    span = span if span in SPANS else "24h"
    now_s = visit.services.now_us() // 1_000_000
    network = visit.services.network
    recent, week, standing, trucks, notices = await asyncio.gather(
        network.since(visit.tenant, _hour(now_s - SPANS[span])),
        network.since(visit.tenant, _hour(now_s - 7 * DAY_S)),
        network.standing(visit.tenant, [MAIN_CODE[one] for one in ACTIVE], now_s - 30 * DAY_S),
        visit.call("GET", "/v1/assets?kind=truck&limit=50"),
        visit.call("GET", "/v1/notices"),
    )
    open_ = WorryFilter(state="all")
    trouble = await visit.services.worries.count(visit.tenant, open_, now_s * 1_000_000, COUNTED)
    counts = {name: standing[MAIN_CODE[name]] for name in ACTIVE}
    return visit.page(
        "network.html", hubs=hubs_of(recent, week), lanes=lanes_of(recent), counts=counts,
        trouble=trouble, span=span, spans=list(SPANS),
        trucks=await _trucks(visit, trucks.body) if trucks.ok else [],
        notices=notices.body["notices"] if notices.ok else [],
        wall=visit.request.query_params.get("wall") == "1",
    )  # fmt: skip


def _hour(at_s: int) -> int:
    return at_s - at_s % HOUR_S


def hubs_of(recent: list[Passed], week: list[Passed]) -> list[Hub]:
    """The busiest first."""
    left = {one.hub: max(0, one.came - one.went) for one in week if not one.toward}
    found = [one for one in recent if not one.toward][:MOST]
    most = max((one.came + one.went for one in found), default=1)
    return [
        Hub(one.hub, one.came, one.went, _mean(one), left.get(one.hub, 0),
            round(100 * (one.came + one.went) / most))
        for one in found
    ]  # fmt: skip


def lanes_of(recent: list[Passed]) -> list[Lane]:
    return [
        Lane(one.hub, one.toward, one.came, _mean(one)) for one in recent if one.toward
    ][:MOST]  # fmt: skip


def _mean(one: Passed) -> float | None:
    return one.stayed_s / one.stays if one.stays else None


async def _trucks(visit: Visit, body: Any) -> list[dict[str, Any]]:
    """Those that have told where they are, with their newest position."""
    found = list(body.get("assets", []))[:MOST_TRUCKS] if isinstance(body, dict) else []
    paths = [f"/v1/assets/{quote(one['asset'], safe='')}/positions?limit=1" for one in found]
    answers = await asyncio.gather(*(visit.call("GET", path) for path in paths))
    return [
        {"name": one["label"] or one["asset"], "position": answer.body["positions"][-1]}
        for one, answer in zip(found, answers, strict=True)
        if answer.ok and answer.body["positions"]
    ]
