"""What the pages of figures draw and say: axes, bands, courses, names, addresses."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from milepost.locale import LOCALES
from milepost.pages.console.analytics.bars import LONG, chart_of
from milepost.pages.console.analytics.cells import cell
from milepost.pages.console.analytics.names import Names
from milepost.pages.console.analytics.overview import summed
from milepost.pages.console.analytics.question import Question
from milepost.pages.console.analytics.shown import band_of, shown
from milepost.pages.console.analytics.trend import HEIGHT, trends_of
from milepost.pages.console.network import Hub
from milepost.pages.console.network_map import Spot, picture_of, regions_of, spots_of
from milepost.pages.console.reader import ConsoleReader

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def reader(locale: str = "en") -> ConsoleReader:
    return ConsoleReader(locale, NOW, lambda slug, _: slug.upper())


def row(**given: Any) -> dict[str, Any]:
    link = "/v1/reports/promise/shipments?carrier=sf"
    links = {"n": link, "broken": f"{link}&which=broken"}
    return {"carrier": "sf", "n": 9, "small": True, "shipments": link, "links": links, **given}


def transit(p50: float | None, p90: float | None, high: float | None) -> dict[str, Any]:
    return row(p50_h=p50, p50_low_h=20.0, p50_high_h=high, p90_h=p90, p90_low_h=50.0,
               p90_high_h=None)  # fmt: skip


def test_an_open_interval_goes_to_the_end_of_the_axis_and_is_told_as_open() -> None:
    found = chart_of(shown()["transit"], [transit(30.0, None, None)], ["carrier"], reader())

    assert found is not None
    (bar,) = found.bars
    assert (bar.mark.open, bar.mark.high, bar.slow) == (True, LONG, None)
    assert (bar.text, bar.band, bar.name) == ("30h", "P90 > 2.1d", "SF")
    assert len(found.ticks) == 5


def test_nothing_is_drawn_where_no_percentile_was_reached() -> None:
    rows = [transit(None, None, None)]

    assert chart_of(shown()["transit"], rows, ["carrier"], reader()) is None


def test_a_share_keeps_its_interval_within_the_axis() -> None:
    one = row(kept_rate=0.9, kept_low=0.6, kept_high=1.0)
    found = chart_of(shown()["promise"], [one], ["carrier"], reader())

    assert found is not None
    assert (found.bars[0].mark.at, found.bars[0].mark.high) == (900, LONG)
    assert found.bars[0].href == "/console/analytics/promise/shipments?carrier=sf&which=broken"


@pytest.mark.parametrize(
    ("figure", "names"),
    [
        ("kept_rate", ("kept_low", "kept_high")),
        ("kept_rate_equal_mix", ("kept_low_equal_mix", "kept_high_equal_mix")),
        ("p50_h", ("p50_low_h", "p50_high_h")),
        ("p90_h_equal_mix", ("p90_low_h_equal_mix", "p90_high_h_equal_mix")),
        ("rate", ("low", "high")),
        ("promise_kept_rate", ("promise_kept_low", "promise_kept_high")),
    ],
)
def test_the_names_of_intervals(figure: str, names: tuple[str, str]) -> None:
    assert band_of(figure) == names


def test_a_course_has_a_point_a_step_and_a_band() -> None:
    rows = [row(month=f"2026-{at:02d}", kept_rate=0.1 * at, kept_low=0.0, kept_high=1.0)
            for at in (3, 1, 2)]  # fmt: skip
    (found,) = trends_of(shown()["promise"], rows, ["month"], Names(reader()))

    assert [one.name for one in found.points] == ["Jan 2026", "Feb 2026", "Mar 2026"]
    assert [one.x for one in found.points] == sorted(one.x for one in found.points)
    assert all(0 <= one.y <= HEIGHT for one in found.points)
    assert found.band.endswith("z")


def test_all_rows_together_are_as_sure_as_their_number_allows() -> None:
    found = summed([row(n=30, kept=20), row(n=10, kept=10)], "promise")

    assert found is not None
    assert (found["n"], found["kept_rate"], found["small"]) == (40, 0.75, False)
    assert found["kept_low"] < 0.75 < found["kept_high"]
    assert summed([], "promise") is None


def test_a_scorecards_figure_leads_to_its_own_report() -> None:
    link = "/v1/reports/promise/shipments?carrier=sf"
    one = row(promise_kept_rate=0.5, links={"n": "/v1/x", "promise": link})
    found = cell(one, "promise_kept_rate", Names(reader()), reader())

    assert found.href == "/console/analytics/promise/shipments?carrier=sf&which=kept"


@pytest.mark.parametrize("locale", LOCALES)
def test_every_language_writes_spans_and_names(locale: str) -> None:
    names = Names(reader(locale))

    for hours in (0.5, 7.4, 30.0, 75.0, 900.0):
        assert "duration" not in names.span(hours)
    values = {"season": "Dec-Feb", "month": "2026-11", "week": "2026-W07", "day": "2026-11-22",
              "lane": "CN-?", "country": "DE"}  # fmt: skip
    for dimension, value in values.items():
        assert names.value(dimension, value)


@pytest.mark.parametrize("dimension", ["month", "week", "day", "season", "code", "lane", "weight"])
def test_odd_values_of_an_address_are_shown_as_they_are(dimension: str) -> None:
    for value in ("x", "2026-99", "2026-W99", "-", "0"):
        assert Names(reader()).value(dimension, value)


def test_an_address_holds_the_question_and_drops_what_it_does_not_know() -> None:
    given = {"by": "lane", "carrier": "sf", "evil": "x", "lane": "\x00"}
    found = Question.of("transit", given)

    assert found.url() == "/console/analytics/transit?by=lane&carrier=sf"
    assert found.filtered(carrier=None).url() == "/console/analytics/transit?by=lane"
    assert found.of_last(30, NOW).get("from") == "2026-10-23"


def test_the_map_shows_the_busiest_region_and_joins_hubs_that_lie_on_each_other() -> None:
    nodes = [{"node": {"name": name, "latitude": lat, "longitude": lon}, "now": None,
              "closed": None}
             for name, lat, lon in (("A", 30.0, 114.0), ("B", 30.001, 114.001), ("C", 39.9, 116.4),
                                    ("D", 52.5, 13.4), ("E", None, None))]  # fmt: skip
    spots = spots_of(nodes)
    hubs = [Hub(name, 5, 4, None, 0, 100) for name in "ABCDE"]
    points = {name: one.at for name, one in spots.items()}
    assert regions_of(points, {}) == ["asia", "europe", "world"]

    found = picture_of(hubs, [], spots, [], "asia", lambda hub: hub.name)

    assert found is not None
    assert sorted(one.told for one in found.hubs) == ["A\nB", "C"]
    assert picture_of([], [], dict[str, Spot](), [], "world", str) is None
