"""Kdniao as an account upstream: query 8001 (8002 without a ShipperCode), pushes 101 and 102."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from hashlib import md5
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, unquote_plus

from milepost.carriers.toolkit.asking import (
    FORM,
    Polled,
    body_of,
    form_bytes,
    garbage,
    json_bytes,
    judge_http,
    option,
    same,
)
from milepost.carriers.toolkit.tree import text_of
from milepost.engine.polling import Account, Ask, Reply, Request, Verdict

_CHINA = timezone(timedelta(hours=8))
# Beginnings of what `Reason` says; the rest of it varies.
_REFUSED = ("非法参数",)
_SPENT = ("业务错误[没有可用套餐", "超出查询次数")
_THROTTLED = ("超过并发", "请求过于频繁", "超出请求频率")


class Client(Polled):
    """See `engine.polling.Source`. Options: `request_type`, `path`."""

    BASE_URL: ClassVar[str] = "https://api.kdniao.com"
    CREDENTIALS: ClassVar[tuple[str, ...]] = ("EBusinessID", "ApiKey")
    RATE_PER_S: ClassVar[float] = 10.0
    SIGNS_WITH: ClassVar[str | None] = "ApiKey"

    def requests(self, asks: Sequence[Ask], account: Account, now: datetime) -> list[Request]:
        return [_request(ask, account) for ask in asks]

    def judge(self, request: Request, reply: Reply, account: Account) -> Verdict:
        """Every answer is HTTP 200; what went wrong is a sentence in `Reason`."""
        if found := judge_http(reply):
            return found
        body = body_of(reply)
        if not isinstance(body, dict) or "Success" not in body:
            return garbage(reply)
        reason = text_of(body, "Reason") or ""
        if body["Success"] is True:
            return Verdict()
        for kind, beginnings in (
            ("refused", _REFUSED), ("spent", _SPENT), ("throttled", _THROTTLED),
        ):  # fmt: skip
            if reason.startswith(beginnings):
                return Verdict(kind=kind, message=reason)  # type: ignore[arg-type]
        return Verdict(faults={ask.number: reason for ask in request.asks})

    def genuine(self, headers: Mapping[str, str], body: bytes, account: Account) -> bool:
        """DataSign over RequestData as received, or decoded once more than the form does."""
        fields = {name: values[0] for name, values in parse_qs(body.decode("utf-8")).items()}
        data, given = fields.get("RequestData", ""), fields.get("DataSign", "")
        readings = {data, unquote(data), unquote_plus(data)}
        wanted = [_sign(text, account.secrets["ApiKey"]) for text in readings]
        return any(same(one, right) for one in {given, unquote(given)} for right in wanted)

    def acknowledgement(self, account: Account, now: datetime, error: str | None) -> bytes:
        return json_bytes({
            "EBusinessID": account.secrets["EBusinessID"],
            "UpdateTime": f"{now.astimezone(_CHINA):%Y-%m-%d %H:%M:%S}",
            "Success": error is None,
            "Reason": error or "",
        })  # fmt: skip


def _request(ask: Ask, account: Account) -> Request:
    data: dict[str, Any] = {"LogisticCode": ask.number}
    if ask.carrier_code:
        data["ShipperCode"] = ask.carrier_code
    if ask.phone_tail:
        data["CustomerName"] = ask.phone_tail
    kind = option(account, "request_type", "8001") if ask.carrier_code else "8002"
    text = json_bytes(data).decode()
    fields = {
        "RequestData": text,
        "EBusinessID": account.secrets["EBusinessID"],
        "RequestType": kind,
        "DataSign": _sign(text, account.secrets["ApiKey"]),
        "DataType": "2",
    }
    path = option(account, "path", "/api/dist")
    return Request(url=account.base_url + path, headers=FORM, body=form_bytes(fields), asks=(ask,))


def _sign(text: str, key: str) -> str:
    # MD5 is the vendor's choice.
    digest = md5((text + key).encode(), usedforsecurity=False).hexdigest()
    return base64.b64encode(digest.encode()).decode()
