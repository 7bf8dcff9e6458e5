from __future__ import annotations

import msgspec
import pytest

from milepost.compat.core import Change
from milepost.compat.seventeentrack import lifecycle
from milepost.compat.seventeentrack.push import Push
from milepost.compat.seventeentrack.sign import sign
from milepost.domain.track import Track
from unit.compat_17track.roads import DAY_US, NOW_US, ROAD, event, track, watch

NEWS_US = 1_795_075_200_000_000  # 2026-11-19 08:00 UTC, when the events of the roads came
DELIVERED = (*ROAD, event("2026-11-18T16:00:00-05:00", "delivered"))
RETURNED = (*ROAD, event("2026-11-18T16:00:00-05:00", "returned"))


@pytest.mark.parametrize(
    ("road", "due_us"),
    [
        (None, NOW_US - DAY_US + 30 * DAY_US),
        (track(*ROAD), NOW_US - DAY_US + 30 * DAY_US),
        (track(*DELIVERED), NOW_US - DAY_US + 15 * DAY_US),
        (track(*RETURNED), NOW_US - DAY_US + 15 * DAY_US),
    ],
)
def test_when_tracking_stops_by_itself(road: Track | None, due_us: int) -> None:
    assert lifecycle.stops_us(watch(), road) == due_us


def test_news_and_retracking_put_it_off() -> None:
    old = watch(created_us=NOW_US - 100 * DAY_US)
    retracked = watch(created_us=old.created_us, options={"retracked_us": NOW_US})

    assert lifecycle.stops_us(old, track(*ROAD)) == NEWS_US + 30 * DAY_US
    assert lifecycle.stops_us(retracked, track(*ROAD)) == NOW_US + 30 * DAY_US


def test_stopped_numbers_are_kept_for_ninety_days() -> None:
    one = watch()
    lifecycle.stop(one, lifecycle.BY_REQUEST, NOW_US)

    assert not one.active
    assert not lifecycle.is_forgotten(one, NOW_US + 90 * DAY_US)
    assert lifecycle.is_forgotten(one, NOW_US + 90 * DAY_US + 1)


def test_a_push_is_signed_with_the_token() -> None:
    one = watch(callback="https://shop.example/hook", secret="tok")
    sent = Push().request(one, track(*ROAD), Change(topic="shipment.event_added"), NOW_US)

    assert sent is not None
    assert (sent.url, sent.method) == ("https://shop.example/hook", "POST")
    assert sent.headers["sign"] == sign(sent.body, "tok")
    said = msgspec.json.decode(sent.body)
    assert said["event"] == "TRACKING_UPDATED"
    assert said["data"]["track_info"]["latest_status"]["status"] == "OutForDelivery"


def test_that_tracking_stopped_is_told_once_it_has() -> None:
    one = watch(callback="https://shop.example/hook", secret="tok")
    lifecycle.stop(one, lifecycle.EXPIRED, NOW_US)
    asked = Push().request(one, track(*ROAD), Change(topic="watch.pushed"), NOW_US)
    news = Push().request(one, track(*ROAD), Change(topic="shipment.event_added"), NOW_US)

    assert asked is not None
    assert msgspec.json.decode(asked.body) == {
        "event": "TRACKING_STOPPED",
        "data": {"number": "RR100200300CN", "carrier": 3011, "param": None, "tag": "T-1"},
    }
    assert news is None


def test_nothing_is_pushed_before_a_carrier_has_told_anything() -> None:
    one = watch(callback="https://shop.example/hook", secret="tok")
    ours = event("2026-11-01T00:00:00Z", "info_received.created", None, source="merchant")

    assert Push().request(one, track(ours), Change(topic="shipment.event_added"), NOW_US) is None


def test_only_200_is_an_acknowledgement() -> None:
    push = Push()

    assert push.acknowledged(200, b"")
    assert not push.acknowledged(204, b"")
    assert not push.acknowledged(302, b"")
    assert push.RETRY_S == (600, 1800, 3600)
    assert not push.ends(watch(), track(*DELIVERED))
