"""What the keeper of the journey table learns of: whatever happens, its rows are those that a table
has which is made anew.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from journey.running import Caller, Running, at, running, scan
from milepost.analytics.builder import Builder
from milepost.analytics.table import JourneyTable
from milepost.engine.shard import Dirty
from milepost.wiring.features._reporting import Parts, open_parts
from milepost.wiring.features.analytics import Analytics

pytest_plugins = ["pg"]
PLACE = {"city": "Berlin", "country": "DE"}
STEPS = ((200, "picked_up"), (150, "in_transit.arrived_hub"), (100, "delivered"))


class PowerCutError(Exception):
    """Stands for the end of the process at this very place."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def app(module_url: str, folder: Path) -> Iterator[Running]:
    with running(module_url, data=folder) as started:
        yield started


def parts_of(app: Running) -> Parts:
    return next(one.parts for one in app.milepost.features if isinstance(one, Analytics))


def standing(table: JourneyTable, tenant: int) -> dict[str, dict[str, Any]]:
    """A tenant's rows as they stand in the files, by number."""
    newest: dict[int, dict[str, Any]] = {}
    for name in table.catalogue.parts:
        for row in pq.read_table(table.parts.path("journeys", name)).to_pylist():
            if row["serial"] >= newest.get(row["road"], row)["serial"]:
                newest[row["road"]] = row
    kept = [row for row in newest.values() if not row["gone"] and row["tenant"] == tenant]
    return {row["number"]: row | {"serial": 0} for row in kept}


def turned(app: Running, builder: Builder | None = None) -> None:
    """Lines are written, and the keeper has had its turn."""
    app.written()
    app.call((builder or parts_of(app).builder).turn)


def anew(app: Running, me: Caller) -> dict[str, dict[str, Any]]:
    """The rows as a table has them that is made of all there is."""
    app.call(parts_of(app).builder.rebuild)
    return standing(parts_of(app).table, me.tenant)


def queued(app: Running) -> int:
    (row,) = app.sql("SELECT count(*) FROM journey_touched")
    return int(row[0])


def travelled(me: Caller, *numbers: str) -> None:
    me.scan(*(scan(one, hours, sub, place=PLACE) for one in numbers for hours, sub in STEPS))


def boxes(*numbers: list[str]) -> list[dict[str, Any]]:
    return [{"numbers": [{"number": one, "carrier": "sf"} for one in box]} for box in numbers]


def last_event(me: Caller, number: str, main: str) -> str:
    events = me.track(number)["events"]
    return next(str(one["id"]) for one in reversed(events) if one["main"] == main)


def retract(me: Caller, number: str, main: str) -> None:
    event = last_event(me, number, main)
    me.scan({"number": number, "occurred_at": at(1), "carrier": "sf", "retracts": event})


@pytest.mark.parametrize("seed", range(3))
def test_events_in_any_order_and_any_pieces(app: Running, me: Caller, seed: int) -> None:
    chance = random.Random(seed)
    numbers = [f"SF8{seed}000{at_}" for at_ in range(6)]
    more = ((90, "returning"), (120, "attempt_failed"), (60, "returned"))
    left = [scan(one, hours, sub, place=PLACE) for one in numbers for hours, sub in STEPS]
    left += [scan(one, *chance.choice(more), place=PLACE) for one in numbers[:4]]
    chance.shuffle(left)
    while left:
        count = chance.randrange(1, 9)
        me.scan(*left[:count])
        del left[:count]
        if chance.random() < 0.7:
            turned(app)
    me.register([{"number": one, "carrier": "sf", "service": "express"} for one in numbers[::2]])
    turned(app)
    found = standing(parts_of(app).table, me.tenant)

    assert found == anew(app, me)
    assert found[numbers[4]]["service"] == "express"
    assert queued(app) == 0


def test_a_correction_takes_an_end_back_and_gives_it_again(app: Running, me: Caller) -> None:
    table = parts_of(app).table
    travelled(me, "SF810001", "SF810002")
    turned(app)
    assert set(standing(table, me.tenant)) == {"SF810001", "SF810002"}

    retract(me, "SF810001", "delivered")
    turned(app)
    assert set(standing(table, me.tenant)) == {"SF810002"} == set(anew(app, me))

    me.scan(scan("SF810001", 50, "delivered", place=PLACE))
    turned(app)
    found = standing(table, me.tenant)
    assert set(found) == {"SF810001", "SF810002"}
    assert found == anew(app, me)


def test_numbers_that_turn_out_to_be_one_box(app: Running, me: Caller) -> None:
    table = parts_of(app).table
    travelled(me, "SF820001", "SF820002")
    turned(app)
    assert set(standing(table, me.tenant)) == {"SF820001", "SF820002"}

    me.register({"carrier": "sf", "goods": "tea", "parcels": boxes(["SF820001", "SF820002"])})
    turned(app)
    found = standing(table, me.tenant)
    assert set(found) == {"SF820001"}
    assert found["SF820001"]["goods"] == "tea"
    assert found == anew(app, me)


def test_a_box_that_finds_its_shipment_afterwards(app: Running, me: Caller) -> None:
    """The facts of a shipment stand under its first number, and are those of all its boxes."""
    travelled(me, "SF830001", "SF830002")
    turned(app)
    me.register({"goods": "tea", "parcels": boxes(["SF830001"], ["SF830002"])})
    turned(app)
    found = standing(parts_of(app).table, me.tenant)

    assert [found[one]["goods"] for one in ("SF830001", "SF830002")] == ["tea", "tea"]
    assert [found[one]["box"] for one in ("SF830001", "SF830002")] == [1, 2]
    assert found == anew(app, me)


def test_roads_on_their_way_are_no_work(app: Running, me: Caller) -> None:
    turned(app)
    me.scan(*(scan("SF840001", hours, sub, place=PLACE) for hours, sub in STEPS[:2]))
    app.written()
    assert queued(app) == 0

    travelled(me, "SF840001")
    for hours in (90, 80, 70):
        me.scan(scan("SF840001", hours, "delivered", text=f"told {hours} hours ago"))
        app.written()
    assert queued(app) == 1  # however often: it cannot grow beyond the list of shipments

    turned(app)
    app.milepost.engine.shard.dirty.update(_as_dirty(app, me, "SF840001"))
    app.written()
    assert queued(app) == 0  # the line was written again as it was


def _as_dirty(app: Running, me: Caller, number: str) -> dict[int, Any]:
    (row,) = app.sql("SELECT id FROM shipment WHERE number = $1 AND tenant = $2", number, me.tenant)
    return {row[0]: Dirty(me.tenant, number, "sf", None, app.clock.us())}


@pytest.mark.parametrize("place", ["table", "queue"])
def test_a_crash_before_and_after_the_table_is_on_disk(
    app: Running, me: Caller, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = parts_of(app)
    number, facts_alone = f"SF85{len(place)}001", f"SF85{len(place)}002"
    travelled(me, facts_alone)
    turned(app)
    travelled(me, number)
    me.register({"number": facts_alone, "carrier": "sf", "goods": "tea"})

    def cut(*_: Any) -> Any:
        raise PowerCutError

    with monkeypatch.context() as patched:
        if place == "table":
            patched.setattr(JourneyTable, "add", cut)
        else:
            patched.setattr(parts.builder._queue, "remove", cut)
        with pytest.raises(PowerCutError):
            turned(app)
    assert queued(app) == 1
    assert (number in standing(parts.table, me.tenant)) == (place == "queue")

    fresh = opened(app, parts.table.folder.parent.parent)
    turned(app, fresh.builder if place == "queue" else None)
    assert queued(app) == 0
    found = standing(parts.table, me.tenant)
    assert found[facts_alone]["goods"] == "tea"
    assert found == anew(app, me)


def opened(app: Running, data: Path, *, keeps: bool = False) -> Parts:
    """The parts as another process has them."""

    async def work() -> Parts:
        store = app.milepost.store
        return await open_parts(data, store.pool, store.ledger, app.clock.us, keeps=keeps)

    parts: Parts = app.call(work)
    return parts


def test_two_processes_over_one_folder(app: Running, me: Caller, folder: Path) -> None:
    mine, other = parts_of(app), opened(app, folder)
    for at_, builder in enumerate((mine.builder, other.builder, mine.builder, other.builder)):
        travelled(me, f"SF86000{at_}")
        me.register({"number": "SF860000", "carrier": "sf", "goods": f"tea {at_}"})
        turned(app, builder)
        assert queued(app) == 0
        assert standing(mine.table, me.tenant)["SF860000"]["goods"] == f"tea {at_}"
    assert standing(mine.table, me.tenant) == anew(app, me)
    with mine.table.writing(), pytest.raises(BlockingIOError):
        app.call(other.builder.turn)


def test_another_folder_takes_nothing_away(app: Running, me: Caller, tmp_path: Path) -> None:
    mine, other = parts_of(app), opened(app, tmp_path)
    turned(app)
    travelled(me, "SF870001")
    turned(app, other.builder)
    assert queued(app) == 1
    assert set(standing(other.table, me.tenant)) == {"SF870001"}
    turned(app)
    assert set(standing(mine.table, me.tenant)) == {"SF870001"}

    travelled(me, "SF870002")
    turned(app)
    turned(app, other.builder)  # what it has not seen is not in the queue any more
    assert set(standing(other.table, me.tenant)) == {"SF870001", "SF870002"}


def test_a_server_with_a_new_folder_keeps_the_table(
    app: Running, me: Caller, tmp_path: Path
) -> None:
    mine, other = parts_of(app), opened(app, tmp_path, keeps=True)
    travelled(me, "SF880001")
    turned(app, other.builder)
    travelled(me, "SF880002")
    turned(app, other.builder)
    assert queued(app) == 0
    assert set(standing(other.table, me.tenant)) == {"SF880001", "SF880002"}

    turned(app, mine.builder)  # and back
    assert set(standing(mine.table, me.tenant)) == {"SF880001", "SF880002"}


def test_a_database_of_former_days_has_no_rows_of_later_ones(app: Running, me: Caller) -> None:
    table = parts_of(app).table
    travelled(me, "SF890001")
    turned(app)
    app.sql("CREATE TABLE later AS SELECT * FROM shipment WHERE number = 'SF890001'")
    app.sql("CREATE TABLE commits AS SELECT * FROM journal_commit")
    try:
        app.sql("DELETE FROM shipment WHERE number = 'SF890001'")
        app.sql("DELETE FROM journal_commit")
        app.call(parts_of(app).builder.turn)
        assert standing(table, me.tenant) == {}
    finally:
        app.sql("INSERT INTO shipment SELECT * FROM later")
        app.sql("INSERT INTO journal_commit SELECT * FROM commits")
