"""What a subscriber of Kuaidi100 is pushed: the whole road, newest first, signed with its salt."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import msgspec
from msgspec.structs import replace

from milepost.compat.core import Change, Outgoing, Watch
from milepost.compat.core.crosswalk import crosswalk
from milepost.compat.kuaidi100 import VENDOR, company, older, recognise, shape, sign
from milepost.compat.kuaidi100.statuses import TABLE
from milepost.domain.track import Leg, StatusView, Track

SILENT_US = 3 * 86_400 * 1_000_000
QUIET_US = 60 * 86_400 * 1_000_000
QUIET = "quiet_told"  # an option of a watch that is given up because nothing changes any more
# Options of one that nothing was heard of: how often that was told, and when the last time.
SILENCES, SILENCE_TOLD_US = "silence_told", "silence_told_us"
SIGNED = {"delivered", "returned"}
_NO_RECORD = TABLE.code("pending.no_carrier_info_timeout").partition(":")[2]
_NO_CHANGE = TABLE.code("expired").partition(":")[2]


class Push:
    """Form fields `param` and, for those who gave a salt, `sign`."""

    RETRY_S = (35 * 60, 35 * 60, 35 * 60)
    TOPICS = ("shipment.event_added",)
    SECRET: str | None = None

    def request(self, watch: Watch, track: Track, change: Change, now_us: int) -> Outgoing | None:
        """None while there is nothing to tell."""
        if watch.callback is None:
            return None
        told = message(watch, track, change, now_us)
        if told is None:
            return None
        param = _written(watch, told)
        fields = {"param": param}
        if watch.secret:
            fields["sign"] = sign.of_push(param, watch.secret)
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
        return Outgoing(url=watch.callback, headers=headers, body=urlencode(fields).encode())

    def acknowledged(self, status: int, body: bytes) -> bool:
        """`{"result": true, "returnCode": "200"}` and nothing less."""
        try:
            said = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            said = older.taken(body)
        if not 200 <= status < 300 or not isinstance(said, dict):
            return False
        return said.get("result") in (True, "true") and str(said.get("returnCode")) == "200"

    def ends(self, watch: Watch, track: Track) -> bool:
        """After the parcel is signed for, and after an abort that names no other company."""
        if not shape.standing(track):
            return not _other_company(watch)
        return _ended(watch, track) in {"shutdown", "abort"}


def _written(watch: Watch, told: dict[str, Any]) -> str:
    if watch.options.get(older.SCHEMA) == older.XML:
        return older.pushed(told)
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def message(watch: Watch, track: Track, change: Change, now_us: int) -> dict[str, Any] | None:
    """The object in `param`."""
    if not shape.standing(track):
        return _silent(watch, now_us)
    again = change.topic == "watch.pushed" and not watch.active
    status = "updateall" if again else _ended(watch, track)
    return {
        "status": status,
        "billstatus": "check" if status == "shutdown" else "got",
        "message": _reason(watch, track) if status == "abort" else "",
        **_checked(watch, track),
        **_results(watch, track, now_us),
    }


def _ended(watch: Watch, track: Track) -> str:
    if track.status.main in SIGNED or track.status.sub == "exception.cancelled":
        return "shutdown"
    return "abort" if _reason(watch, track) else "polling"


def _reason(watch: Watch, track: Track) -> str:
    if track.status.main == "expired" or watch.options.get(QUIET):
        return _NO_CHANGE
    return _NO_RECORD if track.status.sub == "pending.no_carrier_info_timeout" else ""


def sent_as(watch: Watch) -> str:
    """The number as the subscriber wrote it."""
    return str(watch.options.get("sent_as") or watch.number)


def since_us(watch: Watch) -> int:
    """When the subscription began, or was taken up again."""
    return int(watch.options.get("since_us") or watch.created_us)


def _silent(watch: Watch, now_us: int) -> dict[str, Any] | None:
    """Nothing was heard for three days: the company may be the wrong one."""
    if now_us - since_us(watch) < SILENT_US:
        return None
    com = company.code_of(watch)
    return {
        "status": "abort",
        "billstatus": "",
        "message": _NO_RECORD,
        "autoCheck": "0",
        "comOld": "",
        "comNew": _other_company(watch),
        "lastResult": shape.empty(sent_as(watch), com, _NO_RECORD),
    }


def _other_company(watch: Watch) -> str:
    """The company that a silent number looks like. The subscription goes on under it, and is given
    up when that is no better.
    """
    if int(watch.options.get(SILENCES) or 0) > 1:
        return ""
    other = recognise.likeliest(crosswalk(), watch.number)
    return other if other and other != company.code_of(watch) else ""


def _checked(watch: Watch, track: Track) -> dict[str, str]:
    """Whether another company had the parcel than the subscriber had said."""
    new = _right_company(watch, track)
    if not new:
        return {"autoCheck": "0", "comOld": "", "comNew": ""}
    return {"autoCheck": "1", "comOld": company.code_of(watch), "comNew": new}


def _right_company(watch: Watch, track: Track) -> str:
    if track.carrier is None or company.involved(track, watch.carrier):
        return ""
    return crosswalk().code_of(VENDOR, track.carrier) or ""


def _results(watch: Watch, track: Track, now_us: int) -> dict[str, Any]:
    legs = [leg for leg in track.legs if leg.parcel == 1]
    com = _right_company(watch, track) or company.code_of(watch)
    if str(watch.options.get("interCom")) != "1" or len(legs) < 2:
        return {"lastResult": _result(watch, track, com, now_us)}
    first, last = _of_leg(track, legs[0]), _of_leg(track, legs[-1])
    abroad = crosswalk().code_of(VENDOR, legs[-1].carrier or "") or ""
    return {
        "lastResult": _result(watch, first, com, now_us),
        "destResult": _result(watch, last, abroad, now_us),
    }


def _of_leg(track: Track, leg: Leg) -> Track:
    events = [
        event
        for event in track.events
        if event.number == leg.number and event.carrier in (leg.carrier, None)
    ]
    status = StatusView(main=leg.main, sub=leg.sub, since=leg.started_at, because=[])
    return replace(track, number=leg.number, carrier=leg.carrier, status=status, events=events)


def _result(watch: Watch, track: Track, com: str, now_us: int) -> dict[str, Any]:
    base_url = str(watch.options.get("base_url") or "")
    number = sent_as(watch) if track.number == watch.number else ""
    return shape.result(track, com, shape.view_of(watch.options), now_us, base_url, number)
