"""One look-up of one number in each dialect, as raw HTTP requests."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from urllib.parse import urlencode

from msgspec import Struct

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
Fields = dict[str, str]


class Call(Struct, frozen=True):
    """A request without its connection."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


def native(key: str, number: str) -> Call:
    return Call("GET", f"/v1/track/{number}", {"authorization": f"Bearer {key}"})


def kdniao(fields: Fields, number: str) -> Call:
    data = json.dumps({"ShipperCode": "YTO", "LogisticCode": number})
    digest = hashlib.md5((data + fields["ApiKey"]).encode(), usedforsecurity=False).hexdigest()
    form = {
        "RequestData": data, "EBusinessID": fields["EBusinessID"], "RequestType": "8001",
        "DataSign": base64.b64encode(digest.encode()).decode(), "DataType": "2",
    }  # fmt: skip
    return Call("POST", "/api/dist", {"content-type": FORM}, urlencode(form).encode())


def kuaidi100(fields: Fields, number: str) -> Call:
    param = json.dumps({"com": "yuantong", "num": number, "resultv2": "4"})
    text = param + fields["key"] + fields["customer"]
    sign = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()
    form = {"customer": fields["customer"], "sign": sign, "param": param}
    return Call("POST", "/poll/query.do", {"content-type": FORM}, urlencode(form).encode())


def seventeentrack(fields: Fields, number: str, call: str = "gettrackinfo") -> Call:
    headers = {"content-type": JSON, "17token": fields["token"]}
    row: dict[str, object] = {"number": number}
    row |= {"carrier": 190157} if call == "register" else {}
    return Call("POST", f"/track/v2.4/{call}", headers, json.dumps([row]).encode())


def aftership(fields: Fields, number: str) -> Call:
    path = f"/tracking/2026-07/trackings?tracking_numbers={number}"
    return Call("GET", path, {"as-api-key": fields["api_key"]})


def aftership_create(fields: Fields, number: str) -> Call:
    headers = {"content-type": JSON, "as-api-key": fields["api_key"]}
    body = json.dumps({"tracking_number": number, "slug": "yto"}).encode()
    return Call("POST", "/tracking/2026-07/trackings", headers, body)


def easypost(fields: Fields, number: str) -> Call:
    return Call("GET", f"/v2/trackers?tracking_code={number}", _basic(fields))


def easypost_create(fields: Fields, number: str) -> Call:
    body = json.dumps({"tracker": {"tracking_code": number, "carrier": "yto"}}).encode()
    return Call("POST", "/v2/trackers", {"content-type": JSON, **_basic(fields)}, body)


def shippo(fields: Fields, number: str) -> Call:
    headers = {"authorization": f"ShippoToken {fields['token']}"}
    return Call("GET", f"/tracks/yto/{number}", headers)


def _basic(fields: Fields) -> dict[str, str]:
    pair = base64.b64encode(f"{fields['api_key']}:".encode()).decode()
    return {"authorization": f"Basic {pair}"}


Make = Callable[[Fields, str], Call]
# Dialect: the look-up; the call that makes a number known first, where there is one; and a word
# that an answer with a road has.
CALLS: dict[str, tuple[Make, Make | None, bytes]] = {
    "kdniao": (kdniao, None, b'"Success":true'),
    "kuaidi100": (kuaidi100, None, b'"message":"ok"'),
    "17track": (
        seventeentrack, lambda fields, number: seventeentrack(fields, number, "register"),
        b'"track_info"',
    ),
    "aftership": (aftership, aftership_create, b'"checkpoints":[{'),
    "easypost": (easypost, easypost_create, b'"TrackingDetail"'),
    "shippo": (shippo, None, b'"tracking_history":[{'),
}  # fmt: skip
