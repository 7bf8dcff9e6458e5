"""The committed data: its size, order and zones, and the small tables beside it."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest

from milepost.places import gazetteer
from milepost.places.postal import region_of_postal, zone_of_postal
from milepost.places.text import key_of, segments_of

DATA = files("milepost.places") / "data"


def test_data_stays_small() -> None:
    total = sum(len(entry.read_bytes()) for entry in DATA.iterdir())

    assert total < 2_500_000


def test_every_zone_is_known() -> None:
    meta = gazetteer._meta()
    zones = {*meta.zones, *meta.countries.values(), *meta.regions.values(), *meta.clocks}

    assert all(ZoneInfo(zone) for zone in zones)


def test_zones_of_one_clock_agree() -> None:
    at = [datetime(2026, month, 15, tzinfo=UTC) for month in (1, 7)]

    for zone, other in gazetteer._meta().clocks.items():
        assert [one.astimezone(ZoneInfo(zone)).utcoffset() for one in at] == [
            one.astimezone(ZoneInfo(other)).utcoffset() for one in at
        ]


@pytest.mark.parametrize("lines", [gazetteer._cities(), gazetteer._names()])
def test_lines_are_sorted(lines: gazetteer._Lines) -> None:
    keys = [lines.key(index) for index in range(len(lines.starts) - 1)]

    assert keys == sorted(keys)
    assert len(keys) > 10_000


def test_keys_of_cities_are_folded() -> None:
    lines = gazetteer._cities()
    sample = [lines.key(index).decode() for index in range(0, len(lines.starts) - 1, 500)]

    assert [key for key in sample if key[0] != "#" and key_of(key) != key] == []


def test_unknown_key_means_nothing() -> None:
    assert gazetteer.meaning_of("no such place") is None
    assert gazetteer.meaning_of("") is None


@pytest.mark.parametrize("country", ["DE", "JP", "GB", "IN", "CN", "NZ", "UA", "AR", "KZ", "MY"])
def test_country_of_one_clock(country: str) -> None:
    assert gazetteer.zone_of_country(country) is not None


@pytest.mark.parametrize("country", ["US", "CA", "AU", "BR", "MX", "RU", "ID", "ES", "PT", "CL"])
def test_country_of_many_clocks(country: str) -> None:
    assert gazetteer.zone_of_country(country) is None


@pytest.mark.parametrize("region", ["US-TX", "US-TN", "US-KY", "US-FL", "CA-BC"])
def test_region_of_two_clocks(region: str) -> None:
    assert gazetteer.zone_of_region(region) is None


def test_postal_codes() -> None:
    assert region_of_postal("US", "63042") == "US-MO"
    assert region_of_postal("CA", "v5k0a1") == "CA-BC"
    assert zone_of_postal("US", "79901") == "America/Denver"
    assert zone_of_postal("US", "86001") is None
    assert region_of_postal("DE", "10437") is None


def test_key_folds_case_accents_and_script() -> None:
    assert key_of("São Paulo") == "sao paulo"
    assert key_of("St. Louis") == key_of("Saint-Louis")
    assert key_of("廣東") == key_of("广东")
    assert key_of("Straße") == "strasse"


def test_segments_keep_capitals_as_codes() -> None:
    (first, second) = segments_of("Portland hub, OR")

    assert first.codes == ("", "")
    assert second.codes == ("or",)


def test_import_reads_no_data() -> None:
    code = (
        "import sys, milepost.places.gazetteer as g;"
        "sys.exit(g._cities.cache_info().currsize + ('tzfpy' in sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
