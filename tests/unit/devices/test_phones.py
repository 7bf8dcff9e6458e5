"""What phones send over HTTP: who they are, in which unit, and what holds no position."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from milepost.intake.devices.decoding import decode
from milepost.intake.devices.discovery import protocol
from milepost.intake.devices.protocol import NAMED, Outcome, Session

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
STAMP = int(AT.timestamp())


def told(name: str, frame: bytes, **notes: str) -> Outcome:
    return decode(protocol(name), frame, Session(received=AT, notes=dict(notes)))


@pytest.mark.parametrize(
    ("said", "mm_s"),
    [("", None), ("&speed=36", 18_520), ("&speed_m_s=10", 10_000), ("&speed_kmh=36", 10_000),
     ("&speed=-1", None)],
)  # fmt: skip
def test_speed_is_what_was_told(said: str, mm_s: int | None) -> None:
    (report,) = told("osmand", f"id=a&lat=1&lon=2&timestamp={STAMP}{said}".encode()).reports

    assert report.speed_mm_s == mm_s


def test_a_plus_that_was_not_escaped() -> None:
    frame = b"id=a&lat=1&lon=2&timestamp=2026-03-04T13:06:07+08:00"

    assert told("osmand", frame).reports[0].at == AT


@pytest.mark.parametrize(
    ("body", "named", "identity"),
    [({"topic": "owntracks/u/d1", "tid": "xx"}, "d2", "d1"), ({"tid": "xx"}, "d2", "d2"),
     ({"tid": "xx"}, "", "xx")],
)  # fmt: skip
def test_owntracks_is_named_by_topic_then_request_then_letters(
    body: dict[str, str], named: str, identity: str
) -> None:
    frame = msgspec.json.encode({"_type": "location", "lat": 1, "lon": 2, "tst": STAMP} | body)

    found = told("owntracks", frame, **{NAMED: named}).identity

    assert found is not None
    assert found.name == identity


@pytest.mark.parametrize("name", ["osmand", "owntracks"])
def test_a_bad_place_of_a_list_loses_no_other(name: str) -> None:
    good = {"_type": "location", "lat": 1, "lon": 2, "tst": STAMP, "tid": "xx"}
    places = [good, {**good, "tst": None}, {**good, "lat": "north"}, {**good, "tst": STAMP + 1}]
    fixes = [
        {"timestamp": AT.isoformat(), "coords": {"latitude": 1, "longitude": 2}},
        {"timestamp": "soon", "coords": {"latitude": 1, "longitude": 2}},
        {"timestamp": AT.isoformat(), "coords": {"latitude": "north", "longitude": 2}},
        {"timestamp": AT.isoformat(), "coords": {"latitude": 1, "longitude": 2}, "odometer": 7.5},
    ]
    body = places if name == "owntracks" else {"device_id": "a", "location": fixes}

    found = told(name, msgspec.json.encode(body))

    assert [(one.lat, one.lon) for one in found.reports] == [(1, 2), (1, 2)]
    assert found.fault is not None
    assert "north" in found.fault
