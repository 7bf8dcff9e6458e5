"""Kuaidi100 as an account upstream: query.do, and pushes that are signed with a salt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import md5
from typing import Any, ClassVar
from urllib.parse import parse_qs

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

_TOO_OFTEN_S = 1_800.0
_KINDS: dict[str, Verdict] = {
    "503": Verdict(kind="refused"),
    "601": Verdict(kind="spent"),
    "504": Verdict(kind="throttled", retry_after_s=_TOO_OFTEN_S),
    "501": Verdict(kind="failing"),
    "502": Verdict(kind="failing"),
}
_NOTHING_YET = "500"


class Client(Polled):
    """See `engine.polling.Source`. A number without a company cannot be asked for."""

    BASE_URL: ClassVar[str] = "https://poll.kuaidi100.com"
    CREDENTIALS: ClassVar[tuple[str, ...]] = ("customer", "key")
    OPTIONAL: ClassVar[tuple[str, ...]] = ("salt",)
    # Who asks for the same number within half an hour is locked out.
    SHORTEST_S: ClassVar[int] = 1_860
    SIGNS_WITH: ClassVar[str | None] = "salt"

    def requests(self, asks: Sequence[Ask], account: Account, now: datetime) -> list[Request]:
        return [_request(ask, account) for ask in asks if ask.carrier_code]

    def judge(self, request: Request, reply: Reply, account: Account) -> Verdict:
        if found := judge_http(reply):
            return found
        body = body_of(reply)
        if not isinstance(body, dict) or not {"status", "returnCode", "message"} & body.keys():
            return garbage(reply)
        code, message = text_of(body, "returnCode", "status"), text_of(body, "message")
        if code in _KINDS:
            known = _KINDS[code]
            return Verdict(kind=known.kind, message=message, retry_after_s=known.retry_after_s)
        if code in ("200", _NOTHING_YET):
            return Verdict()
        return Verdict(faults={ask.number: f"{code} {message}" for ask in request.asks})

    def genuine(self, headers: Mapping[str, str], body: bytes, account: Account) -> bool:
        """MD5 over `param` and the salt that the subscription was made with."""
        fields = {name: values[0] for name, values in parse_qs(body.decode("utf-8")).items()}
        wanted = _md5(fields.get("param", "") + account.secrets["salt"])
        return same(fields.get("sign", "").upper(), wanted)

    def acknowledgement(self, account: Account, now: datetime, error: str | None) -> bytes:
        if error is not None:
            return json_bytes({"result": False, "returnCode": "500", "message": error})
        return json_bytes({"result": True, "returnCode": "200", "message": "成功"})


def _request(ask: Ask, account: Account) -> Request:
    param: dict[str, Any] = {"com": ask.carrier_code, "num": ask.number}
    param |= {"resultv2": option(account, "resultv2", "4"), "show": "0", "order": "desc"}
    if ask.phone_tail:
        param["phone"] = ask.phone_tail
    text = json_bytes(param).decode()
    customer, key = account.secrets["customer"], account.secrets["key"]
    fields = {"customer": customer, "sign": _md5(text + key + customer), "param": text}
    url = account.base_url + "/poll/query.do"
    return Request(url=url, headers=FORM, body=form_bytes(fields), asks=(ask,))


def _md5(text: str) -> str:
    # MD5 is the vendor's choice.
    return md5(text.encode(), usedforsecurity=False).hexdigest().upper()
