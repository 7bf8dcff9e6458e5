"""EasyPost's events: sent to every webhook of the account, signed with that webhook's secret."""

from __future__ import annotations

from typing import Any

import msgspec

from milepost.compat.core import Change, Outgoing, Watch
from milepost.compat.core.crosswalk import crosswalk
from milepost.compat.easypost import ids, moments, shape, sign
from milepost.domain.track import Track

_JUST_MADE_US = 60 * 1_000_000
_OURS = {"content-type", "content-length", "host", sign.HEADER.lower()}


class Push:
    """`tracker.created` and `tracker.updated`."""

    # EasyPost does not publish its waits; these end after half a day.
    RETRY_S = (60, 300, 900, 3_600, 14_400, 28_800)
    TOPICS = ("shipment.event_added",)
    SECRET: str | None = None
    AS_MADE = True

    def request(
        self, watch: Watch, track: Track | None, change: Change, now_us: int
    ) -> Outgoing | None:
        """None where the account has no webhook."""
        if watch.callback is None:
            return None
        body = msgspec.json.encode(event(watch, track, change))
        headers = _custom(watch) | {"Content-Type": "application/json"}
        if watch.secret:
            headers[sign.HEADER] = sign.of_body(body, watch.secret)
        return Outgoing(url=watch.callback, headers=headers, body=body)

    def acknowledged(self, status: int, body: bytes) -> bool:
        """Any 2xx."""
        return 200 <= status < 300

    def ends(self, watch: Watch, track: Track) -> bool:
        """Never: a delivery that the carrier takes back is worth an event."""
        return False


def event(watch: Watch, track: Track | None, change: Change) -> dict[str, Any]:
    """An Event with its tracker. Its id is the same at every attempt and for every webhook."""
    base_url = str(watch.options.get("base_url") or "")
    tracker = shape.tracker(_then(watch, change), track, crosswalk(), base_url)
    return head(watch, change) | {"result": tracker}


def _then(watch: Watch, change: Change) -> Watch:
    """The watch as it was when the event came about."""
    if not change.created_us or watch.updated_us <= change.created_us:
        return watch
    return msgspec.structs.replace(watch, updated_us=max(change.created_us, watch.created_us))


def head(watch: Watch, change: Change) -> dict[str, Any]:
    """An Event without its tracker, as it is when it is made."""
    at_us = change.created_us or watch.updated_us
    at = moments.of_us(at_us)
    return {
        "id": ids.pair_id(ids.EVENT, watch.id, at_us),
        "object": "Event",
        "mode": shape.mode(watch),
        "description": _description(watch, change),
        "previous_attributes": _previous(change),
        "created_at": at,
        "updated_at": at,
        "pending_urls": [],
        "completed_urls": [],
        "status": "pending",
        "user_id": ids.id_of(ids.USER, watch.tenant),
    }


def _description(watch: Watch, change: Change) -> str:
    fresh = abs(change.created_us - watch.created_us) < _JUST_MADE_US
    made = change.topic == "watch.pushed" and fresh
    return "tracker.created" if made else "tracker.updated"


def _previous(change: Change) -> dict[str, Any]:
    """What the attributes that changed were before."""
    before, after = change.payload.get("previous"), change.payload.get("status")
    if not before:
        return {}
    was = shape.status_of(before["sub"])
    now = shape.status_of(after["sub"]) if after else (None, None)
    names = ("status", "status_detail")
    return {name: old for name, old, new in zip(names, was, now, strict=True) if old != new}


def _custom(watch: Watch) -> dict[str, str]:
    hook = watch.options.get("hook") or {}
    rows = hook.get("custom_headers") or []
    return {row["name"]: row["value"] for row in rows if row["name"].lower() not in _OURS}
