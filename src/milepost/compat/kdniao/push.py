"""What a subscriber of Kdniao is pushed: 101 for 1008, else 102; always the whole road."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec

from milepost.compat.core import Change, Outgoing, Watch
from milepost.compat.core.crosswalk import crosswalk
from milepost.compat.kdniao import VENDOR, clock, maps, shape, sign
from milepost.compat.kdniao.states import timed_out, visible
from milepost.domain.track import Track

Json = dict[str, Any]
_FORM = "application/x-www-form-urlencoded; charset=utf-8"
# A hook whose URL ends so wants the bare JSON, as some receivers do.
_JSON_MARK = "#json"
ABROAD, FREE = {"7108", "7008"}, "1008"
_ALERT = "alert.opened"
_ENDS = {"delivered", "returned"}


class Push:
    """See `core.pushing.Push`. When Kdniao itself tries again is not known: our own choice."""

    RETRY_S = (60, 300, 900, 3_600, 3 * 3_600, 6 * 3_600, 12 * 3_600)
    TOPICS = ("shipment.event_added", _ALERT)
    SECRET: str | None = "ApiKey"  # noqa: S105 - the name of a field

    def request(self, watch: Watch, track: Track, change: Change, now_us: int) -> Outgoing | None:
        """None while no carrier has said anything, and for an alert that changes no state."""
        if watch.callback is None or not visible(track):
            return None
        if change.topic == _ALERT and not timed_out(track, clock.moment(now_us)):
            return None
        text = written(message(watch, track, now_us))
        url, mark, _ = watch.callback.partition(_JSON_MARK)
        if mark:
            headers = {"content-type": "application/json; charset=utf-8"}
            return Outgoing(url=url, headers=headers, body=text.encode())
        fields = {
            "RequestData": text,
            "RequestType": "101" if watch.options.get("kind") == FREE else "102",
            "DataSign": sign.data_sign(text, watch.secret or ""),
        }
        body = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items())
        return Outgoing(url=url, headers={"content-type": _FORM}, body=body.encode())

    def acknowledged(self, status: int, body: bytes) -> bool:
        """HTTP 200 and JSON whose `Success` is true; case counts."""
        try:
            said = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return False
        return status == 200 and isinstance(said, dict) and said.get("Success") is True

    def ends(self, watch: Watch, track: Track) -> bool:
        return track.status.main in _ENDS


def message(watch: Watch, track: Track, now_us: int) -> Json:
    """The RequestData: one waybill."""
    now = clock.moment(now_us)
    options = watch.options
    abroad = options.get("kind") in ABROAD
    item: Json = {
        "EBusinessID": watch.account or "",
        "OrderCode": options.get("order_code") or track.order_number or "",
        "ShipperCode": watch.carrier_code or _shipper(watch, track),
        "LogisticCode": options.get("sent_as", watch.number),
        "Success": True,
        "Reason": "",
        "CallBack": options.get("callback", ""),
        **shape.road(track, now, abroad=abroad, newest_first=bool(options.get("newest_first"))),
        "EstimatedDeliveryTime": shape.estimated(track.arrival),
    }
    if options.get("kind") == "8005":
        item |= maps.places(track, None, None) | {
            "EstimatedDeliveryTime": maps.estimated(track, None, None),
            "RouteMapUrl": options.get("route_map"),
        }
    return {
        "EBusinessID": watch.account or "",
        "PushTime": clock.china_now(now_us),
        "Count": "1",
        "Data": [item],
    }


def written(message: Json) -> str:
    """As JSON in which nothing changes if a receiver URL-decodes it once more than it should."""
    text = msgspec.json.encode(message).decode()
    return text.replace("%", "\\u0025").replace("+", "\\u002b")


def _shipper(watch: Watch, track: Track) -> str:
    carrier = watch.carrier or track.carrier
    return crosswalk().code_of(VENDOR, carrier) or "" if carrier else ""
