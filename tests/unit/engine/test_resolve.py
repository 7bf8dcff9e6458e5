"""Room 3: which parcel, which status, which instant; and who is one and the same event."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from milepost.domain.event import Event
from milepost.domain.marks import PROMISE, RETRACTION
from milepost.domain.place import Place
from milepost.domain.scan import Scan
from milepost.domain.status import SUB_CODE
from milepost.engine.resolve import BadScanError, Resolver, check_text
from unit.engine.whole import NOW, NOW_US, TABLES, TENANT

resolver = Resolver(TABLES)
BASE = Scan(
    number="SF100001", occurred_at=NOW - timedelta(hours=1), carrier="sf", code="picked_up",
    place="云溪", device="PDA-1", actor="courier 7", measurements={"a": 1, "b": 2},
)  # fmt: skip


def events(scan: Scan) -> list[Event]:
    return list(resolver.events(TENANT, scan, "test", NOW_US))


def changed(**given: Any) -> Scan:
    return msgspec.structs.replace(BASE, **given)


@pytest.mark.parametrize(
    "change",
    [
        {"number": "sf-100 001"},
        {"carrier": "SF"},
        {"occurred_at": BASE.occurred_at.astimezone(UTC)},
        {"measurements": {"b": 2, "a": 1}},
        {"place": Place(name="云溪")},
        {"next_place": "澜江"},
        {"evidence": ["x"]},
        {"order_number": "O-1"},
    ],
)
def test_what_does_not_make_another_event(change: dict[str, Any]) -> None:
    assert events(changed(**change))[0].fingerprint == events(BASE)[0].fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"number": "SF100002"},
        {"carrier": "zto"},
        {"carrier": None},
        {"occurred_at": BASE.occurred_at + timedelta(microseconds=1)},
        {"occurred_at": BASE.occurred_at.replace(tzinfo=None)},
        {"date_only": True},
        {"code": "delivered"},
        {"code_set": "sf"},
        {"text": "x"},
        {"place": None},
        {"place": Place(name="云溪", country="CN")},
        {"device": None},
        {"actor": "courier 8"},
        {"measurements": {"a": 1}},
        {"retracts": "0123456789abcdef"},
    ],
)
def test_what_makes_another_event(change: dict[str, Any]) -> None:
    assert events(changed(**change))[0].fingerprint != events(BASE)[0].fingerprint


def test_a_scan_with_a_promise_is_two_events() -> None:
    scan, promise = events(changed(estimated_to=NOW))

    assert (scan.code, promise.code) == (SUB_CODE["picked_up"], PROMISE)
    assert promise.reference == int(NOW.timestamp())


def test_a_promise_or_a_retraction_alone_is_one() -> None:
    promise = Scan(number="SF100001", occurred_at=NOW, estimated_to=NOW)
    retraction = Scan(number="SF100001", occurred_at=NOW, retracts="ffffffffffffffff")

    assert [one.code for one in events(promise)] == [PROMISE]
    assert [(one.code, one.reference) for one in events(retraction)] == [(RETRACTION, -1)]


@pytest.mark.parametrize(
    ("time", "place", "carrier", "quality", "offset_min"),
    [
        ("2026-11-18T10:00:00-05:00", None, "sf", 0, -300),
        ("2026-11-18T10:00:00", Place(city="Lyon", country="FR"), None, 1, 60),
        ("2026-11-18T10:00:00", None, "yto", 2, 480),
        ("2026-11-18T10:00:00", None, None, 3, None),
    ],
)
def test_how_an_instant_is_come_by(
    time: str, place: Place | None, carrier: str | None, quality: int, offset_min: int | None
) -> None:
    scan = changed(occurred_at=datetime.fromisoformat(time), place=place, carrier=carrier)
    (event,) = events(scan)

    assert (event.quality, event.offset_min) == (quality, offset_min)


def test_the_limits_of_time() -> None:
    for ahead, fine in ((timedelta(hours=23), True), (timedelta(hours=25), False)):
        scan = changed(occurred_at=NOW + ahead)
        if fine:
            assert events(scan)
        else:
            with pytest.raises(BadScanError, match="occurred_at"):
                events(scan)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"device": "x" * 201}, "device: longer"),
        ({"order_number": "a\x00b"}, "order_number: longer"),
        ({"code": "c" * 201, "text": "在途"}, "code: longer"),
    ],
)
def test_a_name_that_is_too_long_is_named(change: dict[str, Any], error: str) -> None:
    with pytest.raises(BadScanError, match=error):
        events(changed(**change))


def test_names_may_be_long_together() -> None:
    long = dict.fromkeys(["device", "actor", "order_number"], "x" * 200)

    assert events(changed(**long))[0].body.device == "x" * 200


def test_a_number_is_no_code() -> None:
    with pytest.raises(BadScanError, match="code: is no text"):
        check_text(changed(code=301))
