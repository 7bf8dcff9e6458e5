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
        event = _event_of(track, change)
        if event is None or watch.callback is None:
            return None
        version = _version_of(watch)
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


def _version_of(watch: Watch) -> str:
    """That of the hook, else the one in which the client made the tracking."""
    hook = watch.options.get("hook") or {}
    return str(hook.get("version") or watch.options.get("version") or versions.NEWEST)


def _event_of(track: Track, change: Change) -> str | None:
    if change.topic == _OPENED:
        pending = change.payload.get("rule") in _PENDING_RULES
        return "tracking_pending_time" if pending else None
    if change.topic not in {_ADDED, _ASKED}:
        return None
    return "edd_revise" if _only_promises(track, change) else "tracking_update"


def _only_promises(track: Track, change: Change) -> bool:
    """Whether nothing came but word of when it arrives: such events are not on the road itself,
    and leave the status as it was.
    """
    before, said = change.payload.get("previous"), change.payload.get("event")
    if not before or not said or said.get("sub"):
        return False
    on_road = any(event.id == said.get("id") for event in track.events)
    return not on_road and before.get("sub") == track.status.sub


def _message(
    watch: Watch, track: Track, change: Change, event: str, version: str, now_us: int
) -> dict[str, Any]:
    view = shape.View(crosswalk(), "", now_us // 1_000_000)
    # Where buyers look is not known to what sends.
    message = shape.tracking(watch, track, view) | {"aftership_tracking_url": None}
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
    events = standing(track.events)
    same = [one.id for one in events if tag_of(subtag_of(one.sub)) == tag]
    said: dict[str, Any] = change.payload.get("event") or {}
    newest = said.get("id") or (events[-1].id if events else None)
    return same[:1] == [newest]
