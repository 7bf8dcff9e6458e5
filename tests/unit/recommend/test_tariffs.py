"""What a tariff charges, and how options are ranked; made-up prices."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from milepost.carbon.factors import defra_2025
from milepost.domain.place import Place
from milepost.engine.advising import area_keys, ends_of
from milepost.engine.recommend import TEXTS, Order, candidate, priced, ranked
from milepost.engine.tariff import End, Step, Surcharge, Tariff, Zone, price_of
from milepost.engine.tariff_csv import tariffs_of

HERE = End(keys=("US", "US-CA", "US-90012"))


def tariff(**more: Any) -> Tariff:
    steps = (Step(1000, 500), Step(3000, 900), Step(30_000, 900, 150))
    given = {"carrier": "ups", "service": "ground", "currency": "USD", "zones": (Zone("1", steps),)}
    return Tariff(**(given | more))


@pytest.mark.parametrize(
    ("weight_g", "expected"),
    [(1, 500), (1000, 500), (1001, 900), (3000, 900), (3001, 1050), (5000, 1200), (30_001, None)],
)
def test_weight_steps(weight_g: int, expected: int | None) -> None:
    price = price_of(tariff(), HERE, HERE, weight_g)
    assert (price.total_minor if price else None) == expected


def test_volume_weight() -> None:
    price = price_of(tariff(divisor_cm3_per_kg=5000), HERE, HERE, 800, 12_000)
    assert price
    assert (price.charged_g, price.total_minor) == (2400, 900)
    free = price_of(tariff(), HERE, HERE, 800, 12_000)
    assert free
    assert free.charged_g == 800


def test_the_zone_that_fits_best() -> None:
    zones = tuple(
        Zone(name, (Step(1000, price),), destinations=areas)
        for name, price, areas in (
            ("far", 900, ("*",)), ("home", 500, ("US",)), ("state", 400, ("US-CA",)),
            ("town", 300, ("US-900",)), ("other", 100, ("US-91", "DE")),
        )
    )  # fmt: skip
    found = {
        place: price_of(tariff(zones=zones), HERE, End(keys=keys), 10)
        for place, keys in {
            "la": ("US", "US-CA", "US-90012"), "sf": ("US", "US-CA", "US-94105"),
            "ny": ("US", "US-NY", "US-10001"), "fr": ("FR",),
        }.items()
    }  # fmt: skip
    names = {place: price.zone if price else None for place, price in found.items()}
    assert names == {"la": "town", "sf": "state", "ny": "home", "fr": "far"}


def test_surcharges() -> None:
    charges = (
        Surcharge("fuel", percent_pm=125),
        Surcharge("remote", fixed_minor=300, destinations=("US-AK",)),
        Surcharge("heavy", per_kg_minor=10),
        Surcharge("battery", fixed_minor=99, category="battery"),
    )
    price = price_of(tariff(surcharges=charges), HERE, HERE, 2500, None, "battery")
    assert price
    assert price.surcharges_minor == {"fuel": 113, "heavy": 30, "battery": 99}
    assert price.total_minor == 900 + 113 + 30 + 99


def test_areas_of_places() -> None:
    assert area_keys(Place(city="Los Angeles", region="CA", country="US", postal_code="90012")) == (
        "US", "US-CA", "US-90012",
    )  # fmt: skip
    assert area_keys(Place(name="广东省深圳市南山区")) == ("CN", "CN-44", "CN-4403", "CN-440305")
    assert area_keys(Place(city="Berlin", country="DE")) == ("DE",)
    assert area_keys(Place(name="")) == ()


def test_a_csv_names_its_faulty_line() -> None:
    head = "carrier,service,currency,up_to_g,price\n"
    with pytest.raises(ValueError, match="line 3: a price is no number"):
        tariffs_of(head + "a,b,EUR,1000,4.50\na,b,EUR,2000,dear\n")
    with pytest.raises(ValueError, match="one currency"):
        tariffs_of(head + "a,b,EUR,1000,4.50\na,b,USD,2000,5\n")
    (yen,) = tariffs_of(head + "a,b,JPY,1000,450\n")
    assert yen.zones[0].steps[0].price_minor == 450


ORDER = Order(
    origin=Place(city="Hamburg", country="DE"),
    destination=Place(city="Munich", country="DE"),
    weight_g=2000,
    within_h=48,
)


def record(p50: float, p90: float, kept: int, samples: int, **more: int) -> Any:
    known = {"damaged_pm": 2, "customs_held_pm": None} | more
    return SimpleNamespace(p50_h=p50, p90_h=p90, kept_pm=kept, samples=samples, **known)


def options(prefer: Any, **records: Any) -> list[Any]:
    prices = {"slow": (400, "rail"), "quick": (2500, "air"), "safe": (900, "road")}
    offered = [
        tariff(carrier=name, mode=mode, currency="EUR", zones=(Zone("1", (Step(5000, price),)),))
        for name, (price, mode) in prices.items()
    ]
    ends = ends_of(ORDER)
    found = [
        candidate(one, price, records.get(one.carrier), ORDER, ends, defra_2025())
        for one, price in priced(offered, ORDER, ends)
    ]
    return ranked(found, ORDER, prefer)


RECORDS = {
    "slow": record(60, 100, 700, 500),
    "quick": record(18, 24, 900, 500),
    "safe": record(30, 40, 985, 500),
}


@pytest.mark.parametrize(
    ("prefer", "best"),
    [("cheap", "slow"), ("fast", "quick"), ("reliable", "quick"), ("green", "slow")],
)
def test_preferences(prefer: str, best: str) -> None:
    assert options(prefer, **RECORDS)[0].carrier == best


def test_reasons_and_marks() -> None:
    found = {one.carrier: one for one in options("balanced", **RECORDS)}
    codes = {name: [why.code for why in one.reasons] for name, one in found.items()}

    assert codes["slow"] == ["cheapest", "greenest", "may_miss_promise"]
    assert codes["quick"] == ["fastest"]
    assert codes["safe"] == ["most_reliable"]
    assert found["quick"].carbon_points == 0 < found["slow"].carbon_points
    assert found["slow"].in_time_pm == 380


def test_what_most_share_sets_nobody_apart() -> None:
    offered = [
        tariff(carrier=name, mode="road", zones=(Zone("1", (Step(5000, price),)),))
        for name, price in (("a", 400), ("b", 400), ("c", 900))
    ]
    ends = ends_of(ORDER)
    found = [
        candidate(one, price, None, ORDER, ends, defra_2025())
        for one, price in priced(offered, ORDER, ends)
    ]
    codes = {
        one.carrier: [why.code for why in one.reasons] for one in ranked(found, ORDER, "green")
    }

    assert not [name for name, said in codes.items() if {"cheapest", "greenest"} & set(said)]


def test_without_a_record_it_is_a_guess() -> None:
    (one, *_) = options("fast")
    assert (one.basis, one.samples, one.kept_pm) == ("guess", 0, None)
    assert one.p50_h
    assert one.p90_h > one.p50_h
    assert "guess" in [why.code for why in one.reasons]
    short = {one.carrier: one for one in options("fast", quick=record(9, 9, 1000, 2))}
    assert "few_samples" in [why.code for why in short["quick"].reasons]


def test_prices_of_several_currencies_are_not_compared() -> None:
    euro, dollar = tariff(currency="EUR"), tariff(carrier="dhl")
    ends = ends_of(ORDER)
    found = [
        candidate(one, price, None, ORDER, ends, defra_2025())
        for one, price in priced([euro, dollar], ORDER, ends)
    ]
    for one in ranked(found, ORDER, "cheap"):
        codes = [why.code for why in one.reasons]
        assert "other_currency" in codes
        assert "cheapest" not in codes


def test_every_reason_speaks_both_languages() -> None:
    assert all(set(texts) == {"en", "zh"} for texts in TEXTS.values())
