"""The table's files: newer rows, rows that are gone, merges, crashes, readers meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from journeys import DAY, Bench, road

from milepost.analytics.catalogue import Reach, load, save
from milepost.analytics.table import JourneyTable
from milepost.domain.event import key_of

REACH = Reach(5, 5)


def hours(bench: Bench) -> list[float]:
    page = bench.behind("transit", limit=1000)
    assert len(page.shipments) == (bench.ask("transit", "all").rows or [{"n": 0}])[0]["n"]
    times = [one.detail for one in page.shipments]
    return sorted(_seconds(one["delivered_at"]) - _seconds(one["started_at"]) for one in times)


def _seconds(text: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(text).timestamp() / 3600


def test_a_newer_row_takes_the_place_of_the_older(tmp_path: Path) -> None:
    bench = Bench(tmp_path, [road("A1", 20), road("A2", 30)])
    bench.table.add([road("A1", 25)], [], REACH)

    assert hours(bench) == [25, 30]
    bench.table.merge()
    assert hours(bench) == [25, 30]
    bench.table.add([road("A1", 26)], [], REACH)
    assert hours(bench) == [26, 30]
    assert bench.table.catalogue.reach == REACH


def test_a_row_that_is_gone_and_comes_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path, [road("A1", 20), road("A2", 30)])
    bench.table.merge()
    bench.table.add([], [(1, key_of(1, "A1"))], REACH)
    assert hours(bench) == [30]

    bench.table.merge()
    assert hours(bench) == [30]

    bench.table.add([road("A1", 22)], [], REACH)
    assert hours(bench) == [22, 30]


def test_a_row_moves_to_another_month(tmp_path: Path) -> None:
    bench = Bench(tmp_path, [road("A1", 20), road("A2", 30)])
    bench.table.merge()
    bench.table.add([road("A1", 20, start_h=24 * 31)], [], REACH)
    bench.table.merge()

    assert sorted(bench.table.catalogue.months) == ["2026-09", "2026-10"]
    assert hours(bench) == [20, 30]
    assert [row["n"] for row in bench.ask("volumes").rows] == [1, 1]


def test_a_road_that_goes_on_again_counts_once(tmp_path: Path) -> None:
    bench = Bench(tmp_path, [road("A1", 20)], [road("A1", 0)])
    found = bench.one("transit")

    assert (found["n"], found["open"], found["delivered"]) == (1, 1, 0)


def test_many_deltas_are_merged_by_themselves(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    for number in range(20):
        bench.table.add([road(f"M{number}", 20)], [], REACH)

    assert len(bench.table.catalogue.deltas) < 10
    assert len(hours(bench)) == 20


def test_all_anew(tmp_path: Path) -> None:
    bench = Bench(tmp_path, [road("A1", 20), road("A2", 30)])
    name = bench.table.write([road("A3", 40)], [], 50)
    assert hours(bench) == [20, 30]

    bench.table.renew([name], 50, REACH)
    assert hours(bench) == [40]
    assert bench.table.catalogue.built


def test_what_a_crash_left_is_tidied(tmp_path: Path) -> None:
    bench = Bench(tmp_path, [road("A1", 20)])
    bench.table.write([road("A2", 20)], [], 9)
    bench.table.tidy()

    assert len(list(bench.table.parts.folder.iterdir())) == 2
    assert hours(bench) == [20]


def test_retention_drops_months(tmp_path: Path) -> None:
    bench = Bench(tmp_path, [road("A1", 20), road("A2", 30, start_h=24 * 40)])
    bench.table.merge()

    assert bench.table.drop_before("2026-10") == 1
    assert hours(bench) == [30]


def test_a_reader_whose_file_was_merged_away_asks_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path, [road("A1", 20)])
    old = bench.table.catalogue
    bench.table.merge()
    bench.table.add([road("A2", 30)], [], REACH)
    for kind in ("journeys", "hops"):
        for name in old.deltas:
            bench.table.parts.path(kind, name).unlink(missing_ok=True)
    given = iter([old])

    class Late(JourneyTable):
        @property
        def catalogue(self) -> Any:
            return next(given, None) or load(self.folder / "catalogue.json")

    bench.reports.table = Late(tmp_path)
    assert bench.one("transit")["n"] == 2


def test_one_writes_at_a_time(tmp_path: Path) -> None:
    one, other = JourneyTable(tmp_path), JourneyTable(tmp_path)
    with one.writing(), pytest.raises(BlockingIOError), other.writing():
        raise AssertionError("two wrote at once")
    with other.writing():
        assert DAY


def test_a_catalogue_of_another_version_is_built_anew(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.json"
    save(path, load(path))
    path.write_text(path.read_text().replace('"version":1', '"version":0'))

    assert not load(path).built
    path.write_text("{")
    assert not load(path).built
