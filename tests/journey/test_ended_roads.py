"""Roads that have ended on a running server: one read for all learners, once over a restart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from journey.running import Caller, Running, running, scan
from patience import until

pytest_plugins = ["pg"]
COUNT = 12
HUB = {"name": "Hub", "city": "Berlin", "country": "DE"}
STEPS = ((200, "picked_up"), (190, "customs.processing"), (180, "customs.released"),
         (150, "in_transit.arrived_hub"), (100, "delivered"))  # fmt: skip


def learners(app: Running) -> dict[str, Any]:
    return {type(one).__name__: one for one in app.milepost.features}


def travelled(me: Caller, count: int) -> None:
    me.scan(*(scan(f"SF9100{at_:02}", hours - at_, sub, place=HUB)
              for at_ in range(count) for hours, sub in STEPS))  # fmt: skip


def learned(app: Running, tenant: int) -> tuple[int, int, int]:
    """How many roads foresight, customs and the network have learned."""
    found = learners(app)
    foresight = found["ForesightFeature"]._foresight
    customs, roads = found["CustomsFeature"].customs, found["RoadsFeature"].roads
    return foresight.of(tenant).roads, customs.taught(tenant), len(roads.of(tenant).kept)


def counted(me: Caller) -> int:
    """How many delivered roads the reports count."""
    rows = me.get("/v1/reports/volumes").json()["rows"]
    return sum(int(row["delivered"]) for row in rows)


def noting(read: list[Any], ask: Any) -> Any:
    async def noted(roads: Any) -> Any:
        read.extend(roads)
        return await ask(roads)

    return noted


def test_one_read_for_all(store_url: str, tmp_path: Path) -> None:
    with running(store_url, data=tmp_path) as app:
        me = app.caller("seller")
        analytics = learners(app)["Analytics"]
        lessons, builder = analytics._context.lessons, analytics.parts.builder
        until(lessons.recalled.is_set)
        assert counted(me) == 0  # the table is there
        read: list[int] = []
        for one, name in ((lessons, "_wholes"), (builder._gathering, "boxes")):
            setattr(one, name, noting(read, getattr(one, name)))
        travelled(me, COUNT)
        until(lambda: learned(app, me.tenant) == (COUNT, COUNT, COUNT))
        assert counted(me) == COUNT
        assert len(read) == len(set(read)) == COUNT


def test_none_is_lost_and_none_learned_twice_over_a_restart(store_url: str, tmp_path: Path) -> None:
    with running(store_url, data=tmp_path) as app:
        me = app.caller("seller")
        travelled(me, COUNT)
        until(lambda: learned(app, me.tenant) == (COUNT, COUNT, COUNT))
        assert counted(me) == COUNT
        tenant = me.tenant
    with running(store_url, data=tmp_path) as app:
        recalled = learners(app)["Analytics"]._context.lessons.recalled
        until(recalled.is_set)
        assert learned(app, tenant) == (COUNT, COUNT, COUNT)
        again = app.caller("seller")
        assert counted(again) == COUNT

        # Another source tells of the end of some: they teach no second time.
        again.scan(*(scan(f"SF9100{at_:02}", 99 - at_, "delivered", text="handed over")
                     for at_ in range(4)))  # fmt: skip
        travelled(again, COUNT + 1)
        until(lambda: learned(app, tenant) == (COUNT + 1, COUNT + 1, COUNT + 1))
        assert counted(again) == COUNT + 1
