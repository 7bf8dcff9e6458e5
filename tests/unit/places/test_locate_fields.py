"""Structured places: coordinates, country, region, postal code and city fields."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.domain.place import Place
from milepost.places import country_code, locate, zone_of


def test_nothing_is_none() -> None:
    assert locate(None) is None
    assert locate(Place()) is None
    assert zone_of(None) is None


@pytest.mark.parametrize(
    ("latitude", "longitude", "zone", "country"),
    [
        (51.42, 12.23, "Europe/Berlin", "DE"),
        (35.05, -89.97, "America/Chicago", "US"),
        (43.8, 87.6, "Asia/Shanghai", "CN"),
        (28.1, -15.4, "Atlantic/Canary", "ES"),
        (-33.9, 151.2, "Australia/Sydney", "AU"),
    ],
)
def test_coordinates(latitude: float, longitude: float, zone: str, country: str) -> None:
    found = locate(Place(latitude=latitude, longitude=longitude))

    assert found is not None
    assert (found.zone, found.country) == (zone, country)
    assert (found.latitude, found.longitude) == (latitude, longitude)


@pytest.mark.parametrize(("latitude", "longitude"), [(0.0, 0.0), (91.0, 10.0), (35.0, -150.0)])
def test_useless_coordinates_leave_the_words(latitude: float, longitude: float) -> None:
    place = Place(name="Leipzig", latitude=latitude, longitude=longitude)

    assert zone_of(place) == "Europe/Berlin"
    assert locate(Place(latitude=latitude, longitude=longitude)) is None


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        (Place(country="DE"), "Europe/Berlin"),
        (Place(country="Germany", city="Kleinkleckersdorf"), "Europe/Berlin"),
        (Place(country="CN", name="二部"), "Asia/Shanghai"),
        (Place(country="US"), None),
        (Place(country="US", region="MO"), "America/Chicago"),
        (Place(country="US", region="Missouri"), "America/Chicago"),
        (Place(country="US", region="TN"), None),
        (Place(country="US", region="TN", postal_code="37921"), "America/New_York"),
        (Place(country="US", postal_code="94105-1234"), "America/Los_Angeles"),
        (Place(country="US", region="TN", city="Memphis"), "America/Chicago"),
        (Place(region="tn", city="memphis"), "America/Chicago"),
        (Place(country="CA", region="Québec"), "America/Toronto"),
        (Place(country="CA", postal_code="T5J 0K7"), "America/Edmonton"),
        (Place(country="AU", region="WA"), "Australia/Perth"),
        (Place(country="AU", postal_code="4000"), "Australia/Brisbane"),
        (Place(country="BR", postal_code="69005-070"), "America/Manaus"),
        (Place(country="MX", region="JAL"), "America/Mexico_City"),
        (Place(country="MX", postal_code="85000"), "America/Hermosillo"),
        (Place(country="RU", region="Свердловская область"), "Asia/Yekaterinburg"),
        (Place(country="ID", region="Jawa Barat"), "Asia/Jakarta"),
        (Place(country="ES", postal_code="35001"), "Atlantic/Canary"),
        (Place(country="ES", postal_code="28001"), "Europe/Madrid"),
        (Place(country="PT", postal_code="9500-001"), "Atlantic/Azores"),
        (Place(country="ES", city="Sevilla"), "Europe/Madrid"),
        (Place(city="Springfield", country="US"), None),
        (Place(city="Springfield", country="US", postal_code="62701"), "America/Chicago"),
        (Place(facility="Memphis Hub", country="US"), "America/Chicago"),
        (Place(region="广东省", city="某地"), "Asia/Shanghai"),
    ],
)
def test_fields(place: Place, zone: str | None) -> None:
    assert zone_of(place) == zone


def test_country_field_overrules_the_text() -> None:
    found = locate(Place(name="Paris", country="CA"))

    assert found is not None
    assert found.country == "CA"


def test_city_of_the_fields_is_placed() -> None:
    found = locate(Place(city="Leipzig", country="DE"))

    assert found is not None
    assert (found.city, found.latitude, found.longitude) == ("Leipzig", 51.34, 12.37)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("UK", "GB"),
        ("usa", "US"),
        ("Deutschland", "DE"),
        ("Hongkong", "HK"),
        ("葡萄牙", "PT"),
        ("DEU", "DE"),
        ("Viet Nam", "VN"),
        ("Côte d’Ivoire", "CI"),
        ("日本", "JP"),
        ("Atlantis", None),
        ("", None),
        (None, None),
    ],
)
def test_country_code(text: str | None, code: str | None) -> None:
    assert country_code(text) == code


@given(st.text(max_size=40), st.sampled_from([None, "US", "CN", "xx"]))
def test_any_text_has_an_answer(text: str, carrier_country: str | None) -> None:
    found = locate(Place(name=text, city=text[:9]), carrier_country=carrier_country)

    assert found is None or 0 < found.confidence <= 1
