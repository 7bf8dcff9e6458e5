"""Figures of reports over invented roads, and the shipments behind them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from journeys import DE, HOUR, NOW_S, START_S, Bench, event, road

from milepost.analytics.definitions import reports
from milepost.analytics.selection import BadSelectionError, Selection
from milepost.domain.place import Place

US = Place(city="Chicago", country="US")


def test_percentiles_are_those_of_the_sorted_values(tmp_path: Path) -> None:
    bench = Bench(tmp_path, [road(f"T{hours}", hours) for hours in range(1, 101)])
    found = bench.one("transit")

    assert (found["n"], found["measured"]) == (100, 100)
    assert [found[f"p{at}_h"] for at in (50, 80, 90, 95)] == [50, 80, 90, 95]
    assert (found["p50_low_h"], found["p50_high_h"]) == (40, 61)
    assert not found["small"]


def test_what_is_on_the_road_counts_as_long_as_it_has_been_there(tmp_path: Path) -> None:
    """Ten came in a day; ten have been on their way for longer: no median of a day."""
    done = [road(f"D{at}", 24 + at / 10) for at in range(10)]
    age_h = (NOW_S - START_S) / HOUR
    going = [road(f"G{at}", 0, start_h=age_h - 100) for at in range(11)]
    found = Bench(tmp_path, done, going).one("transit")

    assert (found["n"], found["delivered"], found["open"]) == (21, 10, 11)
    assert found["p50_h"] is None
    assert found["small"]


def test_promises_broken_by_time_alone(tmp_path: Path) -> None:
    rows = [road("P1", 20, promised_h=30), road("P2", 40, promised_h=30), road("P3", 40)]
    live = [road("P4", 0, promised_h=30), road("P5", 0, promised_h=24 * 365)]
    found = Bench(tmp_path, rows, live).one("promise")

    assert (found["n"], found["kept"], found["broken"]) == (3, 1, 2)
    assert found["late_p50_h"] == 10
    assert found["kept_low"] < found["kept_rate"] < found["kept_high"]


def test_at_an_equal_mix_the_better_carrier_is_the_better_one(tmp_path: Path) -> None:
    """Simpson's paradox: `slow` has the short lane, and looks better than it is."""
    rows: list[Any] = []
    for carrier, near, far, extra in (("slow", 90, 10, 6), ("fast", 10, 90, 0)):
        rows += [
            road(f"{carrier}N{at}", 20 + extra + at % 5, carrier=carrier) for at in range(near)
        ]
        rows += [
            road(f"{carrier}F{at}", 100 + extra + at % 5, carrier=carrier, destination=US)
            for at in range(far)
        ]
    found = {row["carrier"]: row for row in Bench(tmp_path, rows).ask("transit").rows}

    assert found["slow"]["p50_h"] < found["fast"]["p50_h"]
    assert found["slow"]["p90_h_equal_mix"] > found["fast"]["p90_h_equal_mix"]
    assert found["fast"]["mix_covered"] == 1.0
    assert found["fast"]["mix_worth"] < 100


def test_without_a_common_lane_there_is_no_equal_mix(tmp_path: Path) -> None:
    rows = [road(f"A{at}", 20, carrier="a") for at in range(40)]
    rows += [road(f"B{at}", 20, carrier="b", destination=US) for at in range(40)]
    answer = Bench(tmp_path, rows).ask("transit")

    assert all("p50_h_equal_mix" not in row for row in answer.rows)
    assert any("no equal mix" in note for note in answer.notes)


def at_customs(number: str, hours: float, goods: str, *, held: bool = False, day: int = 0) -> Any:
    more = [event(number, 24 * day + 20, "customs.processing", place=DE)]
    if held:
        more.append(event(number, 24 * day + 21, "customs.info_required", place=DE))
    more.append(event(number, 24 * day + 20 + hours, "customs.released", place=DE))
    return road(number, hours + 60, start_h=24 * day, more=more, goods=goods, packing="bag")


def test_customs_dwell_and_its_trend(tmp_path: Path) -> None:
    rows = [
        at_customs(f"C{month}.{at}", 10 + 5 * month + at / 100, "tea", day=30 * month)
        for month in range(4)
        for at in range(40)
    ]
    found = Bench(tmp_path, rows).one("customs")

    assert (found["country"], found["n"], found["months"]) == ("DE", 160, 4)
    assert found["trend_h_per_month"] == pytest.approx(5, abs=0.3)
    assert found["steady"] == "steady"
    assert found["variation"] == pytest.approx(0.32, abs=0.03)
    assert found["p50_low_h"] <= found["p50_h"] <= found["p50_high_h"]


def test_causes_are_named_only_where_there_are_enough(tmp_path: Path) -> None:
    rows = [at_customs(f"B{at}", 30, "batteries", held=at % 2 == 0) for at in range(60)]
    rows += [at_customs(f"T{at}", 10, "tea", held=at % 20 == 0) for at in range(200)]
    rows += [at_customs(f"X{at}", 10, "toys", held=True) for at in range(4)]
    found = {row["goods"]: row for row in Bench(tmp_path, rows).ask("customs_causes").rows}

    assert found["batteries"]["verdict"] == "more than usual"
    assert found["batteries"]["lift"] == pytest.approx(0.5 / (14 / 204), abs=0.01)
    assert found["tea"]["verdict"] == "less than usual"
    assert found["toys"]["verdict"] == "too few to say"
    assert found["toys"]["small"]
    assert found["toys"]["held_low"] < 0.6 < found["toys"]["held_high"] == 1.0


def test_exceptions_are_shares_of_all(tmp_path: Path) -> None:
    late = [event("E1", 5, "exception.delayed"), event("E1", 6, "exception.delayed")]
    rows = [road("E1", 20, more=late), *(road(f"E{at}", 20) for at in range(2, 11))]
    found = Bench(tmp_path, rows).one("exceptions")

    assert (found["code"], found["n"], found["of"], found["rate"]) == (
        "exception.delayed", 1, 10, 0.1,
    )  # fmt: skip


def test_facilities_and_lanes(tmp_path: Path) -> None:
    hub, depot = Place(name="Hub A", country="DE"), Place(name="Depot B", country="DE")
    rows = [
        road(f"F{at}", 60, start_h=24 * at, more=[
            event(f"F{at}", 24 * at + 10, "in_transit.arrived_hub", place=hub),
            event(f"F{at}", 24 * at + 14 + at, "in_transit.departed_facility", place=hub),
            event(f"F{at}", 24 * at + 24 + at, "in_transit.arrived_hub", place=depot),
        ])
        for at in range(3)
    ]  # fmt: skip
    bench = Bench(tmp_path, rows)
    found = {row["facility"]: row for row in bench.ask("facilities").rows}
    lane = bench.one("lanes")

    assert (found["Hub A"]["n"], found["Hub A"]["p50_h"], found["Hub A"]["timed"]) == (3, 5, 3)
    assert found["Hub A"]["per_day"] == pytest.approx(3 / 4)
    assert found["Depot B"]["p50_h"] is None
    assert (lane["facility"], lane["next_facility"], lane["p50_h"]) == ("Hub A", "Depot B", 10)
    assert bench.one("facilities", facility="Hub A", destination="DE")["n"] == 3
    assert not bench.ask("facilities", destination="US").rows


def a_bit_of_everything() -> list[Any]:
    rows = [road(f"S{at}", 24 + at, promised_h=40, carrier="sf" if at % 2 else "zto",
                 categories=("fragile",) if at % 3 else (), weight_g=at * 100 or None)
            for at in range(30)]  # fmt: skip
    rows += [at_customs(f"C{at}", 10 + at, "tea", held=at % 4 == 0) for at in range(12)]
    rows += [road("L1", 90, end="exception.lost"), road("L2", 90, end="returned")]
    hub = Place(name="Hub A", country="DE")
    rows.append(
        road("L3", 90, more=[event("L3", 4, "exception.damaged", place=hub),
                             event("L3", 9, "in_transit.arrived_hub", place=DE)])
    )  # fmt: skip
    return rows


@pytest.mark.parametrize("name", sorted(reports()))
def test_every_count_opens_as_many_shipments(tmp_path: Path, name: str) -> None:
    bench = Bench(tmp_path, a_bit_of_everything(), [road("O1", 0)])
    one = reports()[name]
    # Grouped by kind of goods a box with several is in several rows, and in each of their lists.
    by = (*one.by, "category") if one.source != "hop" else one.by
    rows = bench.ask(name, *by).rows

    assert rows
    for row in rows:
        for figure, link in row["links"].items():
            if figure in reports() and figure != name:
                continue
            query = dict(parse_qsl(urlsplit(link).query))
            page = bench.behind(name, query.pop("which", None), 1000, **query)
            assert len(page.shipments) == row[figure], (row, figure)
            assert urlsplit(link).path == f"/v1/reports/{name}/shipments"


def test_shipments_page_by_page(tmp_path: Path) -> None:
    bench = Bench(tmp_path, [road(f"G{at}", 20) for at in range(25)])
    seen, after = [], None
    while True:
        page = bench.behind("transit", limit=10, after=after)
        seen += [one.number for one in page.shipments]
        if page.next is None:
            break
        first, _, second = page.next.partition(".")
        after = int(first), int(second)

    assert sorted(seen) == sorted(f"G{at}" for at in range(25))


def test_another_tenant_sees_nothing(tmp_path: Path) -> None:
    rows = [road("T1", 20, promised_h=10), road("T2", 30, promised_h=10, tenant=2)]
    bench = Bench(tmp_path, rows, [road("T3", 0, promised_h=10, tenant=2)])

    for name in reports():
        assert not bench.ask(name, tenant=3).rows
        assert not bench.behind(name, tenant=3).shipments
    assert [row["n"] for row in bench.ask("promise", tenant=1).rows] == [1]
    assert [row["n"] for row in bench.ask("promise", tenant=2).rows] == [2]


def test_filters_and_spans(tmp_path: Path) -> None:
    rows = [road("F1", 20, service="express"), road("F2", 20, start_h=72, destination=US)]
    bench = Bench(tmp_path, rows)

    assert bench.one("transit", service="express")["n"] == 1
    assert bench.one("transit", destination="us")["n"] == 1
    assert bench.one("transit", destination="chicago")["n"] == 1
    assert bench.one("transit", "all")["all"] == "all"
    assert not bench.ask("transit", origin="JP").rows
    assert [row["day"] for row in bench.ask("volumes", "day").rows] == ["2026-09-21", "2026-09-24"]


@pytest.mark.parametrize(
    ("by", "filters"),
    [(("colour",), {}), ((), {"colour": "red"}), (("facility",), {}), ((), {"facility": "x"}),
     (("carrier", "lane", "month", "weight", "season"), {})],
)  # fmt: skip
def test_what_cannot_be_asked_is_said(
    tmp_path: Path, by: tuple[str, ...], filters: dict[str, str]
) -> None:
    with pytest.raises(BadSelectionError):
        Bench(tmp_path).ask("transit", *by, **filters)


def test_an_empty_table_has_no_rows_and_no_fault(tmp_path: Path) -> None:
    bench = Bench(tmp_path)

    assert all(not bench.ask(name).rows for name in reports())


def test_odd_times_measure_nothing(tmp_path: Path) -> None:
    """Delivered before it was picked up: it counts, but has no transit time."""
    bench = Bench(tmp_path, [road("O1", 20), road("O2", -5)])
    rows = bench.one("transit")

    assert rows["measured"] <= rows["n"]
    assert rows["p50_h"] == 20


def test_scorecards_take_from_the_reports(tmp_path: Path) -> None:
    bench = Bench(tmp_path, a_bit_of_everything())
    card = next(row for row in bench.ask("carriers").rows if row["carrier"] == "sf")
    promise = next(row for row in bench.ask("promise").rows if row["carrier"] == "sf")

    assert card["promise_kept_rate"] == promise["kept_rate"]
    assert card["losses_lost_rate"] > 0
    assert card["customs_causes_n"] == 12


def test_the_limit_keeps_the_largest(tmp_path: Path) -> None:
    rows = [road(f"A{at}", 20, carrier="big" if at else "small") for at in range(5)]
    bench = Bench(tmp_path, rows)
    answer = asyncio.run(bench.reports.report(1, "transit", Selection(), limit=1))
    assert [row["carrier"] for row in answer.rows] == ["big"]
    assert answer.left_out == 1
