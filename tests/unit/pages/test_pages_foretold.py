"""How the date has changed, for the reader who asks, in every language."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from starlette.testclient import TestClient

from milepost.domain.track import Forecast, Revision
from milepost.locale import LOCALES
from milepost.pages.view.foretold import foretells, foretold
from milepost.pages.view.reader import Reader
from unit.pages import samples
from unit.pages.fake import FakeLookup, application

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def reader(locale: str = "en") -> Reader:
    return Reader(locale, NOW, lambda slug, _: slug)


def said(because: str, at: str, days: tuple[int, int], since: str | None = None) -> Forecast:
    first, last = days
    return Forecast(
        at=f"2026-11-{at}:00+01:00", because=because, event=None, since=since,
        earliest=f"2026-11-{first}T10:00:00+01:00", likely=f"2026-11-{first}T12:00:00+01:00",
        latest=f"2026-11-{last}T18:00:00+01:00", moved_s=None, probability=0.8, late_odds=None,
        source="lanes", guess=False, reason="", zone="Europe/Berlin",
    )  # fmt: skip


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


FORECASTS = [
    said("created", "16T08:00", (23, 25)),
    said("picked_up", "17T08:00", (23, 25)),
    said("silence", "19T08:00", (24, 27), since="2026-11-17T08:00:00+01:00"),
    said("customs", "19T08:00", (25, 28)),
    said("notice", "20T08:00", (26, 29)),
]


def test_only_what_reads_otherwise_is_a_line() -> None:
    assert [(one.day, one.why, plain(one.window)) for one in foretold(FORECASTS, reader())] == [
        ("Fri 20 Nov", "A hold-up became known", "Thu 26 Nov – Sun 29 Nov"),
        ("Thu 19 Nov", "At customs", "Wed 25 Nov – Sat 28 Nov"),
        ("Thu 19 Nov", "Quiet since Tue 17 Nov", "Tue 24 Nov – Fri 27 Nov"),
        ("Mon 16 Nov", "Announced", "Mon 23 Nov – Wed 25 Nov"),
    ]
    assert foretold([], reader()) == []


@pytest.mark.parametrize("locale", LOCALES)
def test_it_is_said_in_every_language(locale: str) -> None:
    lines = foretold(FORECASTS, reader(locale))

    assert len(lines) == 4
    assert all(one.day and one.why and one.window and "{" not in one.why for one in lines)
    assert locale == "en" or lines[0].why != foretold(FORECASTS, reader())[0].why


def test_the_page_has_a_link_and_tells_who_follows_it() -> None:
    moved = Revision(because="customs", at="2026-11-19T08:00:00+01:00",
                     likely="2026-11-23T10:00:00+01:00")  # fmt: skip
    arrival = samples.foreseen(
        "2026-11-23T14:20:00+01:00", "2026-11-24T14:20:00+01:00", "2026-11-26T14:20:00+01:00"
    )
    track = replace(samples.on_the_way(), arrival=replace(arrival, revised=moved))
    lookup = FakeLookup([track])
    lookup.foretold = FORECASTS
    client = TestClient(application(lookup))
    path = f"/t/{track.number}"
    page = client.get(path, params={"lang": "en", "time": "mine"}).text

    assert foretells(track)
    assert "?lang=en&amp;time=mine&amp;forecast=open#forecast" in page
    assert ("forecasts", 1) not in lookup.calls
    opened = client.get(path, params={"lang": "en", "forecast": "open"}).text
    assert "How this date has changed" in opened
    assert "Quiet since Tue 17 Nov" in opened
    lookup.foretold = FORECASTS[:1]
    alone = client.get(path, params={"lang": "en", "forecast": "open"}).text
    assert "The date has not changed so far." in alone


def test_nothing_is_asked_of_what_has_come_or_is_a_guess() -> None:
    assert not foretells(samples.delivered())
    assert not foretells(samples.nothing_yet())
