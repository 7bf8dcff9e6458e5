"""Packing of samples: exact, small, and one column at a time."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.domain.telemetry import Sample
from milepost.sensing.series import FIELDS, LARGEST, column, pack, storable, unpack

integers = st.none() | st.integers(-LARGEST + 1, LARGEST - 1) | st.integers(-300, 300)
samples = st.builds(
    Sample, st.just("a"), st.integers(-LARGEST + 1, LARGEST - 1) | st.integers(0, 5_000),
    integers, integers, st.booleans(), *(integers for _ in FIELDS[3:]),
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(samples, max_size=40))
def test_what_is_packed_comes_back(given_samples: list[Sample]) -> None:
    found = unpack("a", pack(given_samples))

    assert sorted(found, key=str) == sorted(set(given_samples), key=str)
    assert [one.at_us for one in found] == sorted(one.at_us for one in found)


@settings(deadline=None)
@given(st.lists(samples, max_size=30), st.sampled_from(FIELDS))
def test_a_column_is_what_its_samples_have(given_samples: list[Sample], field: str) -> None:
    times, values = column(pack(given_samples), field)
    whole = [(s.at_us, getattr(s, field)) for s in unpack("a", pack(given_samples))]

    assert list(zip(times, values, strict=True)) == [p for p in whole if p[1] is not None]


@settings(deadline=None)
@given(st.lists(samples, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_samples_does_not_matter(
    given_samples: list[Sample], chance: random.Random
) -> None:
    shuffled = given_samples * 2
    chance.shuffle(shuffled)
    assert pack(shuffled) == pack(given_samples)


def test_a_sensors_day_is_small() -> None:
    chance = random.Random(1)
    celsius, day = 5_000, []
    for n in range(8_640):
        celsius += chance.choice((-100, 0, 0, 0, 100))
        day.append(Sample("a", 1_790_000_000_000_000 + n * 10_000_000, temperature_mc=celsius))

    assert len(pack(day)) < 0.6 * len(day)  # bytes a sample


def test_what_cannot_be_stored() -> None:
    assert storable(Sample("a", 1, temperature_mc=5))
    assert not storable(Sample("a", LARGEST))
    assert not storable(Sample("a", 1, temperature_mc=5.5))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="beyond"):
        pack([Sample("a", 1, temperature_mc=LARGEST)])
