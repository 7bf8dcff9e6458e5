"""Shippo's `track_updated`: sent to the account's webhooks, signed with the account's token."""

from __future__ import annotations

import msgspec

from milepost.compat.core import Change, Outgoing, Watch
from milepost.compat.shippo import shape, sign
from milepost.domain.track import Track

_WANT = {"all", "track_updated"}


class Push:
    """Nothing is sent while nothing is known, nor to a webhook for other events."""

    # Shippo does not publish its waits; these end after half a day.
    RETRY_S = (60, 300, 900, 3_600, 14_400, 28_800)
    TOPICS = ("shipment.event_added",)
    SECRET: str | None = "token"  # noqa: S105 - the name of a credential's field

    def request(self, watch: Watch, track: Track, change: Change, now_us: int) -> Outgoing | None:
        """None where there is no one to tell, or nothing."""
        hook = watch.options.get("hook") or {}
        wanted = (hook.get("event") or "all") in _WANT and hook.get("is_test") is not True
        if watch.callback is None or not track.events or not wanted:
            return None
        body = msgspec.json.encode(event(watch, track))
        headers = {"Content-Type": "application/json"}
        if watch.secret:
            headers[sign.HEADER] = sign.of_body(body, watch.secret, now_us // 1_000_000)
        return Outgoing(url=watch.callback, headers=headers, body=body)

    def acknowledged(self, status: int, body: bytes) -> bool:
        """Any 2xx."""
        return 200 <= status < 300

    def ends(self, watch: Watch, track: Track) -> bool:
        """Never: a delivery that the carrier takes back is worth an event."""
        return False


def event(watch: Watch, track: Track) -> dict[str, object]:
    """The event with the Track as its `data`."""
    carrier = watch.carrier_code or ""
    metadata = watch.options.get("metadata")
    return {
        "event": "track_updated",
        "test": False,
        "carrier": carrier,
        "data": shape.track_object(carrier, watch.number, track, metadata),
    }
