"""`/console/network`: hubs with in, out, dwell and backlog; lanes; trucks; `?wall=1` for a wall."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct
from starlette.responses import Response

from milepost.domain.status import MAIN_CODE
from milepost.pages.console.analytics.names import Names
from milepost.pages.console.network_map import Spot, inside, picture_of, regions_of, spots_of
from milepost.pages.console.network_trucks import positions, trucks_of
from milepost.pages.console.visit import Visit
from milepost.stores.postgres.console.network import COUNTED, Passed
from milepost.stores.postgres.console.worries import WorryFilter

__all__ = ["positions", "show"]

HOUR_S, DAY_S = 3_600, 86_400
SPANS = {"24h": DAY_S, "3d": 3 * DAY_S, "7d": 7 * DAY_S}
MOST = 40
MOST_LANES = 15
# Hubs that the map shows; the table lists fewer.
MOST_DRAWN = 300
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
    recent, week, standing, trucks, notices, nodes = await asyncio.gather(
        network.since(visit.tenant, _hour(now_s - SPANS[span])),
        network.since(visit.tenant, _hour(now_s - 7 * DAY_S)),
        network.standing(visit.tenant, [MAIN_CODE[one] for one in ACTIVE], now_s - 30 * DAY_S),
        trucks_of(visit),
        visit.call("GET", "/v1/notices"),
        visit.call("GET", "/v1/network/nodes?limit=1000"),
    )
    open_ = WorryFilter(state="all")
    trouble = await visit.services.worries.count(visit.tenant, open_, now_s * 1_000_000, COUNTED)
    counts = {name: standing[MAIN_CODE[name]] for name in ACTIVE}
    hubs, lanes = hubs_of(recent, week, MOST_DRAWN), lanes_of(recent)
    spots = spots_of(nodes.body["nodes"]) if nodes.ok else {}
    return visit.page(
        "network.html", hubs=hubs[:MOST], lanes=lanes[:MOST_LANES], counts=counts,
        trouble=trouble, span=span, spans=list(SPANS), trucks=trucks,
        notices=notices.body["notices"] if notices.ok else [],
        wall=visit.request.query_params.get("wall") == "1",
        address=partial(_address, visit), spots=spots, named=Names(visit.reader),
        synthetic=_made_up(trucks),
        **_mapped(visit, hubs, lanes, spots, trucks),
    )  # fmt: skip


def _address(visit: Visit, **changed: str) -> str:
    """This page with one of its choices made otherwise."""
    chosen = {name: visit.request.query_params.get(name, "") for name in ("span", "region", "wall")}
    return "?" + urlencode({name: one for name, one in (chosen | changed).items() if one})


def _made_up(trucks: list[dict[str, Any]]) -> bool:
    return any(one["asset"].startswith("truck:demo-") for one in trucks)


def _mapped(
    visit: Visit, hubs: list[Hub], lanes: list[Lane], spots: dict[str, Spot],
    trucks: list[dict[str, Any]],
) -> dict[str, Any]:  # fmt: skip
    """The map of the region that is asked for; of the busiest one where none is."""
    shown = {one.name: spots[one.name].at for one in hubs if one.name in spots}
    fleet = {one["asset"]: (one["position"]["lon"], one["position"]["lat"]) for one in trucks}
    regions = regions_of(shown or fleet, {one.name: one.came + one.went for one in hubs})
    asked = visit.request.query_params.get("region", "")
    region = asked if asked in regions else next(iter(regions), "world")
    told = visit.reader.text

    def tell(one: Hub) -> str:
        counts = f"{told('net.in')} {one.came} · {told('net.out')} {one.went}"
        return f"{one.name}: {counts} · {told('net.backlog')} {one.backlog}"

    return {
        "picture": picture_of(hubs, lanes, spots, trucks, region, tell),
        "regions": regions, "region": region,
        "seen_trucks": sum(inside(one, region) for one in fleet.values()),
    }  # fmt: skip


def _hour(at_s: int) -> int:
    return at_s - at_s % HOUR_S


def hubs_of(recent: list[Passed], week: list[Passed], limit: int = MOST) -> list[Hub]:
    """The busiest first."""
    left = {one.hub: max(0, one.came - one.went) for one in week if not one.toward}
    found = [one for one in recent if not one.toward][:limit]
    most = max((one.came + one.went for one in found), default=1)
    return [
        Hub(one.hub, one.came, one.went, _mean(one), left.get(one.hub, 0),
            round(100 * (one.came + one.went) / most))
        for one in found
    ]  # fmt: skip


def lanes_of(recent: list[Passed]) -> list[Lane]:
    return [
        Lane(one.hub, one.toward, one.came, _mean(one)) for one in recent if one.toward
    ][:MOST_DRAWN]  # fmt: skip


def _mean(one: Passed) -> float | None:
    return one.stayed_s / one.stays if one.stays else None
