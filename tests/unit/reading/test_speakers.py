"""A parcel given to the carrier that speaks has been picked up; to another, handed on."""

from __future__ import annotations

import pytest

from milepost.reading import read


@pytest.mark.parametrize(
    ("text", "carrier"),
    [
        ("The goods were handed over to GLS", "gls"),
        ("Übergabe an GLS", "gls"),
        ("货物已交付京东物流", "jd"),
        ("Tendered to USPS", "usps"),
    ],
)
def test_the_speaker_has_it(text: str, carrier: str) -> None:
    assert read(text, carrier=carrier).sub == "picked_up"
    assert read(text, carrier="another").sub == "in_transit.handed_to_partner"
    assert read(text).sub == "in_transit.handed_to_partner"


def test_another_carriers_name_changes_nothing() -> None:
    assert read("Handed over to UPS", carrier="gls").sub == "in_transit.handed_to_partner"


def test_a_speaker_that_no_list_names_is_known_by_its_key() -> None:
    text = "The item has been handed over to Grey Heron Post"
    assert read(text, carrier="grey-heron-post").sub == "picked_up"
    assert read(text, carrier="grey_heron").sub == "picked_up"
    assert read(text, carrier="heron").main == "unknown"
