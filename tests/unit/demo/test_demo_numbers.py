from __future__ import annotations

import pytest
from network_samples import truth

from milepost.demo.chance import Chance
from milepost.demo.numbers import FORMS, make
from milepost.demo.stories import stories
from milepost.demo.world import CARRIERS
from milepost.identify import identify


@pytest.mark.parametrize("form", sorted(FORMS))
def test_numbers_carry_zeros_and_differ(form: str) -> None:
    numbers = {make(form, Chance.of(form, index)) for index in range(50)}

    assert len(numbers) >= 49
    assert all("00" in number for number in numbers)
    assert len({len(number) for number in numbers}) == 1


def test_no_number_belongs_to_two_shipments() -> None:
    numbers = [
        number
        for shipment in truth()
        for parcel in shipment.parcels
        for number in {leg.number for leg in parcel.lane.legs}
    ]

    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("key", sorted(CARRIERS))
def test_a_number_is_a_valid_one_of_its_carrier(key: str) -> None:
    carrier = CARRIERS[key]
    for index in range(5):
        number = make(carrier.numbers, Chance.of(key, index))
        found = {candidate.carrier for candidate in identify(number).candidates}

        assert carrier.slug in found, number


def test_stories_have_valid_numbers() -> None:
    for story in stories():
        for leg in story.legs:
            candidates = identify(leg.number).candidates

            assert CARRIERS[leg.carrier].slug in {candidate.carrier for candidate in candidates}
