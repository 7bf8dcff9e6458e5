"""Watches kept in memory: never older than what was written."""

from __future__ import annotations

from milepost.engine.dialects import Watch
from milepost.stores.postgres.dialects.kept import KeptWatches

KEY = (1, "kdniao", "AB1234")
WATCH = Watch(tenant=1, dialect="kdniao", number="AB1234", id=7, options={"a": 1})


def test_kept_until_something_is_written() -> None:
    kept = KeptWatches()
    kept.keep(KEY, [WATCH], kept.begin())
    found = kept.find(KEY)
    assert found == [WATCH]

    found[0].options["a"] = 2  # what callers do with theirs is their own matter
    found[0].active = False
    assert kept.find(KEY) == [WATCH]

    kept.written(WATCH)
    assert kept.find(KEY) is None


def test_what_was_read_during_a_write_is_not_kept() -> None:
    kept = KeptWatches()
    began = kept.begin()
    kept.written(WATCH)
    kept.keep(KEY, [WATCH], began)

    assert kept.find(KEY) is None


def test_the_oldest_goes_first() -> None:
    kept = KeptWatches(most=2)
    for number in "ABC":
        kept.keep((1, "kdniao", number), [], kept.begin())

    assert kept.find((1, "kdniao", "A")) is None
    assert kept.find((1, "kdniao", "C")) == []
