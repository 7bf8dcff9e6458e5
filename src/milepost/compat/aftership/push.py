"""AfterShip's webhooks: `tracking_update`, `edd_revise`, `tracking_pending_time`."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from milepost.compat.aftership import shape, versions
from milepost.compat.aftership.checkpoints import standing
from milepost.compat.aftership.sign import WEBHOOK_HEADER, hmac_of
from milepost.compat.aftership.subtags import subtag_of, tag_of
from milepost.compat.core import Change, Outgoing, Watch
from milepost.compat.core.crosswalk import crosswalk
from milepost.domain.track import Track

ATTEMPTS = 14
FIRST_WAIT_S = 30
_ADDED, _OPENED, _ASKED = "shipment.event_added", "alert.opened", "watch.pushed"
# The rules whose alert says that a parcel stays without a scan after it was announced.
_PENDING_RULES = {"no_record_after_label"}


class Push:
    """See `milepost.compat.core.Push`."""

    RETRY_S = tuple(FIRST_WAIT_S * 2**n for n in range(ATTEMPTS - 1))
    TOPICS = (_ADDED, _OPENED)
    SECRET = "api_secret"  # noqa: S105 - the name of a credential's field

    def request(self, watch: Watch, track: Track, change: Change, now_us: int) -> Outgoing | None:
        event = _event_of(change)
        if event is None or watch.callback is None:
            return None
        version = str(watch.options.get("hook", {}).get("version") or versions.NEWEST)
        body = msgspec.json.encode(_message(watch, track, change, event, version, now_us))
        headers = {
            "content-type": "application/json",
            "user-agent": "AfterShipTrackingWebhook/4.0.0",
            WEBHOOK_HEADER: hmac_of(watch.secret or "", body),
        }
        if version != versions.LEGACY:
            headers["as-webhook-version"] = version
        return Outgoing(url=watch.callback, headers=headers, body=body)

    def acknowledged(self, status: int, body: bytes) -> bool:
        """Any 2xx."""
        return 200 <= status < 300

    def ends(self, watch: Watch, track: Track) -> bool:
        """Never: a carrier may take back a delivery, and subscribers must hear of it."""
        return False


def _event_of(change: Change) -> str | None:
    if change.topic == _OPENED:
        pending = change.payload.get("rule") in _PENDING_RULES
        return "tracking_pending_time" if pending else None
    if change.topic not in {_ADDED, _ASKED}:
        return None
    said: dict[str, Any] = change.payload.get("event") or {}
    return "edd_revise" if said.get("sub") == "promise" else "tracking_update"


def _message(
    watch: Watch, track: Track, change: Change, event: str, version: str, now_us: int
) -> dict[str, Any]:
    # Where buyers look is not known here; the base URL comes with the hook if anybody set it.
    base_url = str(watch.options.get("hook", {}).get("base_url") or "")
    view = shape.View(crosswalk(), base_url, now_us // 1_000_000)
    message = shape.tracking(watch, track, view)
    if not base_url:
        message["aftership_tracking_url"] = None
    return {
        "event": event,
        "event_id": event_id(change.message),
        "is_tracking_first_tag": event == "tracking_update" and is_first(track, change),
        "msg": versions.older_tracking(message, version),
        "ts": (change.created_us or now_us) // 1_000_000,
    }


def event_id(message: str) -> str:
    """A UUID of version 4 that is the same at every attempt."""
    return str(UUID(bytes=sha256(message.encode()).digest()[:16], version=4))


def is_first(track: Track, change: Change) -> bool:
    """Whether the change brought the tracking's tag for the first time."""
    tag = tag_of(subtag_of(track.status.sub))
    same = [one for one in standing(track.events) if tag_of(subtag_of(one.sub)) == tag]
    said: dict[str, Any] = change.payload.get("event") or {}
    return bool(same) and same[0].id == said.get("id")
