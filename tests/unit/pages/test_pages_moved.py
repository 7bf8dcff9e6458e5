"""Whose window it is of several boxes, and what moved it, in every language."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from milepost.domain.track import Revision
from milepost.locale import LOCALES
from milepost.pages.view.arrival import arrival_sentence
from milepost.pages.view.moved import moved
from milepost.pages.view.reader import Reader
from unit.pages import samples

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
DAYS = samples.foreseen(
    "2026-11-23T14:20:00+01:00", "2026-11-24T14:20:00+01:00", "2026-11-26T14:20:00+01:00"
)
HELD = Revision(
    because="customs", at="2026-11-21T08:00:00+01:00", likely="2026-11-23T10:00:00+01:00"
)


def reader(locale: str = "en") -> Reader:
    return Reader(locale, NOW, lambda slug, _: slug)


def test_one_box_whose_day_stays_says_nothing() -> None:
    same = replace(HELD, likely="2026-11-24T02:00:00+01:00")

    assert moved(DAYS, reader()) == []
    assert moved(replace(DAYS, revised=same), reader()) == []


def test_the_scan_or_the_silence_that_moved_it() -> None:
    by_scan = moved(replace(DAYS, revised=HELD), reader())
    silent = moved(replace(DAYS, revised=replace(HELD, because="silence")), reader())

    assert by_scan == ["Until “At customs”, Mon 23 Nov looked likeliest."]
    assert silent == ["Quiet since Sat 21 Nov; before that, Mon 23 Nov looked likeliest."]


@pytest.mark.parametrize("locale", LOCALES)
def test_it_stands_in_the_note(locale: str) -> None:
    told = arrival_sentence(replace(DAYS, boxes=3, revised=HELD), reader(locale))
    alone = arrival_sentence(DAYS, reader(locale))

    assert told.note is not None
    assert alone.note is not None
    assert "3" in told.note.replace("23", "")
    assert len(told.note) > len(alone.note) + 20
    assert "{" not in told.note
