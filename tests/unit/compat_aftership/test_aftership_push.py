"""What a webhook of AfterShip says, and what is told at all."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import msgspec
from test_aftership_shape import WATCH, road

from milepost.compat.aftership.push import Push
from milepost.compat.aftership.sign import hmac_of
from milepost.compat.core import Change, Outgoing
from milepost.domain.track import Track

NOW_US = 1_900_000_000_000_000
MOVING = (("2030-03-01T09:00:00Z", "picked_up"), ("2030-03-02T09:00:00Z", "in_transit.moving"))


def change(track: Track, index: int = -1, topic: str = "shipment.event_added") -> Change:
    event = track.events[index]
    payload: dict[str, Any] = {
        "previous": {"main": "picked_up", "sub": "picked_up"},
        "event": {"id": event.id, "sub": event.sub},
    }
    return Change(topic=topic, payload=payload, message="msg_1", created_us=NOW_US - 5_000_000)


def request(track: Track, said: Change, **hook: str) -> Outgoing | None:
    watch = msgspec.structs.replace(
        WATCH, callback="https://shop.example/h", secret="s3", options={"hook": hook}
    )
    return Push().request(watch, track, said, NOW_US)


def body(track: Track, said: Change, **hook: str) -> dict[str, Any]:
    sent = request(track, said, **hook)
    assert sent is not None
    found: dict[str, Any] = json.loads(sent.body)
    return found


def test_an_update() -> None:
    track = road(*MOVING)
    sent = request(track, change(track))
    assert sent is not None
    said = json.loads(sent.body)

    assert sent.url == "https://shop.example/h"
    assert sent.headers["aftership-hmac-sha256"] == hmac_of("s3", sent.body)
    assert sent.headers["as-webhook-version"] == "2026-07"
    assert said["event"] == "tracking_update"
    assert UUID(said["event_id"]).version == 4
    assert said["ts"] == NOW_US // 1_000_000 - 5
    assert said["msg"]["tracking_number"] == "QX8100"
    # "Picked up" was InTransit already.
    assert said["is_tracking_first_tag"] is False
    assert body(track, change(track, 0))["is_tracking_first_tag"] is True


def test_the_same_at_every_attempt() -> None:
    track = road(*MOVING)

    assert request(track, change(track)) == request(track, change(track))


def test_a_hook_may_ask_for_an_older_version() -> None:
    track = road(*MOVING)
    legacy = request(track, change(track), version="v4")
    assert legacy is not None

    assert "as-webhook-version" not in legacy.headers
    assert "emails" in json.loads(legacy.body)["msg"]
    assert "customers" in body(track, change(track), version="2025-01")["msg"]


def test_else_it_is_that_of_the_client() -> None:
    track = road(*MOVING)
    watch = msgspec.structs.replace(WATCH, callback="https://x.example", options={"version": "v4"})
    sent = Push().request(watch, track, change(track), NOW_US)
    assert sent is not None

    assert "emails" in json.loads(sent.body)["msg"]


def test_word_of_the_arrival_alone() -> None:
    track = road(*MOVING)
    said = change(track)
    same = {"main": "in_transit", "sub": "in_transit.moving"}
    promise = {"id": "f" * 16, "sub": ""}
    payload = said.payload | {"event": promise, "previous": same}

    assert body(track, msgspec.structs.replace(said, payload=payload))["event"] == "edd_revise"
    payload = payload | {"previous": said.payload["previous"]}
    assert body(track, msgspec.structs.replace(said, payload=payload))["event"] == "tracking_update"


def test_alerts() -> None:
    track = road(*MOVING)
    pending = Change(topic="alert.opened", payload={"rule": "no_record_after_label"}, message="m")

    assert body(track, pending)["event"] == "tracking_pending_time"
    other = msgspec.structs.replace(pending, payload={"rule": "dwell"})
    assert request(track, other) is None
    assert request(track, msgspec.structs.replace(pending, topic="alert.cleared")) is None


def test_a_push_that_was_asked_for() -> None:
    track = road(*MOVING)

    assert body(track, Change(topic="watch.pushed", message="m"))["event"] == "tracking_update"


def test_attempts_and_answers() -> None:
    push = Push()

    assert len(push.RETRY_S) == 13
    assert push.RETRY_S[:3] == (30, 60, 120)
    assert 67 < sum(push.RETRY_S) / 3600 < 69
    assert push.acknowledged(204, b"")
    assert not push.acknowledged(302, b"")
    assert not push.ends(WATCH, road(("2030-03-02T09:00:00Z", "delivered")))
