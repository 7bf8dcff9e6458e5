"""Towns in a script that the reader reads, customs met twice, and words for every judge."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from milepost import locale
from milepost.cli._judges import judged
from milepost.domain.place import Place
from milepost.locale.han import carrier_in_han
from milepost.pages.view.steps import steps
from milepost.pages.view.towns import town
from unit.pages import samples
from unit.pages.test_pages_arrival import reader


@pytest.mark.parametrize(
    ("city", "language", "named"),
    [
        ("青岛市", "en", "Qingdao"),
        ("青岛市", "ar", "Qingdao"),
        ("青岛市", "ja", "青岛市"),
        ("青岛市", "zh-Hant", "青岛市"),
        ("无此城市", "en", "无此城市"),
        ("Lisboa", "de", "Lisboa"),
    ],
)
def test_a_town_has_the_name_that_the_reader_reads(city: str, language: str, named: str) -> None:
    assert town(city, "CN", language) == named


def test_a_facility_keeps_its_own_name() -> None:
    place = Place(
        facility="青岛转运中心", city="青岛市", country="CN", latitude=36.0, longitude=120.4
    )

    assert reader("de").place(place) == "青岛转运中心, Qingdao, China"


def test_customs_met_again_is_where_the_parcel_is() -> None:
    track = samples.customs_hold()
    first = replace(track.events[1], id="e0", main="customs", sub="customs.released")
    shown = steps(replace(track, events=[track.events[0], first, *track.events[1:]]), reader())

    assert [step.label for step in shown if step.state == "current"] == ["Customs"]


def test_every_judge_has_words_in_every_language() -> None:
    names = judged()

    assert {"missort", "promise_at_risk", "tilted", "off_planned_path", "dwell", "detour"} <= {
        *names
    }
    assert locale.problems(names) == []
    assert "en.toml: rule.of_tomorrow.do is missing" in locale.problems(["of_tomorrow"])


def test_carriers_are_named_in_the_readers_script() -> None:
    assert carrier_in_han("圆通速递", "zh-Hant") == "圓通速遞"
    assert carrier_in_han("圆通速递", "zh") == "圆通速递"
