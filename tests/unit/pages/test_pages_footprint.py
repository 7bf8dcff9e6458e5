"""Carbon leg by leg, points, bar codes, and places as each language names them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import zxingcpp
from msgspec.structs import replace
from PIL import Image

from milepost.carbon.estimate import carbon_of
from milepost.carbon.factors import defra_2025
from milepost.carbon.model import Carbon
from milepost.domain.place import Place
from milepost.domain.track import Track
from milepost.engine.footprint import stretches_of
from milepost.locale import LOCALES, units
from milepost.pages.care.footprint import footprint, points
from milepost.pages.view.bars import HEIGHT, bars
from milepost.pages.view.reader import Reader
from unit.pages import samples

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def reader(locale: str = "en", system: str = "metric") -> Reader:
    return Reader(locale, NOW, lambda slug, _: slug, system=system)


def carbon(track: Track) -> Carbon:
    stretches, unknown = stretches_of(track)
    return carbon_of(stretches, defra_2025(), unknown=unknown)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_footprint_names_its_factors_bounds_and_legs(locale: str) -> None:
    track = samples.cross_border()
    known = carbon(track)

    shown = footprint(known, track, reader(locale))

    assert known.factors in shown.text
    assert len(shown.legs) == len(known.legs) == 3
    assert all(far and mass and what for what, far, mass in shown.legs)
    assert not any(", CN" in what for what, _, _ in shown.legs)


def test_masses_go_by_region() -> None:
    assert units.mass(156.4, "en", "metric") == "156 g"
    assert units.mass(1_234, "de", "metric") == "1,2 kg"
    assert units.mass(156, "en", "imperial") == "5.5 oz"
    assert units.mass(9_000, "en", "imperial") == "19.8 lb"


def test_what_weighs_little_is_not_called_nothing() -> None:
    assert units.mass(0.8, "en", "imperial") == "<\N{NO-BREAK SPACE}0.1 oz"
    assert units.mass(0.04, "de", "metric") == "<\N{NO-BREAK SPACE}0,1 g"
    assert units.mass(0, "en", "metric") == "0 g"


def test_points_are_earned_by_the_record_and_not_before() -> None:
    arrived = replace(samples.delivered(), origin=samples.delivered().events[0].place)
    flown = replace(samples.cross_border(), status=arrived.status)
    names = [one.name for one in points(carbon(arrived), arrived)]

    assert names == ["no_flight", "first_try"]
    assert "no_flight" not in [one.name for one in points(carbon(flown), flown)]
    assert points(carbon(samples.on_the_way()), samples.on_the_way()) == []
    failed = samples.failed_attempt()
    late = replace(failed, status=arrived.status)
    assert "first_try" not in [one.name for one in points(carbon(arrived), late)]


def test_the_bars_are_read_by_a_scanner() -> None:
    number = samples.on_the_way().number
    drawn = bars(number)

    assert drawn is not None
    picture = Image.new("L", (drawn.width * 3 + 60, 120), 255)
    for bar in drawn.path.replace("Z", "").split("M")[1:]:
        left, _, rest = bar.partition(" ")
        width = int(rest.split("h")[1].split("v")[0])
        picture.paste(0, (30 + int(left) * 3, 10, 30 + (int(left) + width) * 3, 10 + HEIGHT * 2))
    assert [one.text for one in zxingcpp.read_barcodes(picture)] == [number]


@pytest.mark.parametrize("number", ["", "运单", "X" * 41, "A\nB"])
def test_what_has_no_bars(number: str) -> None:
    assert bars(number) is None


STATION = Place(city="武汉市", facility="武汉示例驿站", country="CN")


@pytest.mark.parametrize(
    ("locale", "place", "named"),
    [
        ("zh", STATION, "武汉示例驿站, 中国"),
        ("zh", Place(city="武汉市", facility="示例驿站"), "武汉市 示例驿站"),
        ("zh", Place(city="Leeds", facility="Hub 2", country="GB"), "Hub 2, Leeds, 英国"),
        ("ja", Place(city="大阪市", facility="南営業所"), "大阪市 南営業所"),
        ("ar", Place(city="Leeds", facility="Hub 2"), "Hub 2، Leeds"),
        ("en", Place(city="Leeds", facility="Hub 2", country="GB"), "Hub 2, Leeds, United Kingdom"),
    ],
)
def test_places_are_named_as_the_language_names_them(locale: str, place: Place, named: str) -> None:
    assert reader(locale).place(place) == named
