"""Watches kept in memory: never older than what was written."""

from __future__ import annotations

from milepost.domain.event import key_of
from milepost.engine.dialects import Watch
from milepost.engine.following import Followed
from milepost.stores.postgres.dialects.kept import KeptWatches

KEY = (1, "kdniao", "AB1234")
WATCH = Watch(tenant=1, dialect="kdniao", number="AB1234", id=7, options={"a": 1})


def of(*numbers: str, most: int = 9) -> KeptWatches:
    """Where these numbers are watched."""
    followed = Followed()
    for number in numbers:
        followed.add(key_of(1, number))
    return KeptWatches(followed, most)


def test_kept_until_something_is_written() -> None:
    kept = of("AB1234")
    kept.keep(KEY, [WATCH], kept.begin())
    found = kept.find(KEY)
    assert found == [WATCH]

    found[0].options["a"] = 2  # what callers do with theirs is their own matter
    found[0].active = False
    assert kept.find(KEY) == [WATCH]

    kept.written(WATCH)
    assert kept.find(KEY) is None


def test_what_was_read_during_a_write_is_not_kept() -> None:
    kept = of("AB1234")
    began = kept.begin()
    kept.written(WATCH)
    kept.keep(KEY, [WATCH], began)

    assert kept.find(KEY) is None


def test_the_oldest_goes_first() -> None:
    kept = of("A", "B", "C", most=2)
    for number in "ABC":
        kept.keep((1, "kdniao", number), [], kept.begin())

    assert kept.find((1, "kdniao", "A")) is None
    assert kept.find((1, "kdniao", "C")) == []


def test_of_a_number_that_nobody_watches_nothing_has_to_be_read() -> None:
    assert of().find(KEY) == []
    assert of("AB1234").find(KEY) is None
