"""17TRACK's webhook: TRACKING_UPDATED with the whole road, TRACKING_STOPPED when it ends."""

from __future__ import annotations

import msgspec

from milepost.compat.core import Change, Outgoing, Watch
from milepost.compat.core.crosswalk import crosswalk
from milepost.compat.seventeentrack.first import V1
from milepost.compat.seventeentrack.shape import V24, Asked, carrier_of, item, number_of
from milepost.compat.seventeentrack.sign import sign, sign_of_v1
from milepost.domain.track import Track

ASKED = "watch.pushed"


class Push:
    """See `compat.core.pushing.Push`."""

    RETRY_S = (600, 1_800, 3_600)
    TOPICS = ("shipment.event_added",)
    SECRET = "token"  # noqa: S105 - the name of a field

    def request(self, watch: Watch, track: Track, change: Change, now_us: int) -> Outgoing | None:
        stopped = watch.options.get("next_push") == "stopped"
        if not watch.active and change.topic != ASKED:
            return None
        found = _stopped(watch) if stopped else _updated(watch, track, now_us)
        if found is None or watch.callback is None:
            return None
        if watch.options.get("version") == V1:
            found |= {"sign": sign_of_v1(found, watch.secret or "")}
        body = msgspec.json.encode(found)
        headers = {"Content-Type": "application/json", "sign": sign(body, watch.secret or "")}
        return Outgoing(url=watch.callback, headers=headers, body=body)

    def acknowledged(self, status: int, body: bytes) -> bool:
        return status == 200

    def ends(self, watch: Watch, track: Track) -> bool:
        return False


def _updated(watch: Watch, track: Track, now_us: int) -> dict[str, object] | None:
    version = str(watch.options.get("version") or V24)
    data = item(Asked.of(watch, version), track, crosswalk(), now_us)
    return None if data is None else {"event": "TRACKING_UPDATED", "data": data}


def _stopped(watch: Watch) -> dict[str, object]:
    data = {
        "number": number_of(watch),
        "carrier": carrier_of(watch),
        "param": watch.options.get("param"),
        "tag": watch.options.get("tag") or "",
    }
    return {"event": "TRACKING_STOPPED", "data": data}
