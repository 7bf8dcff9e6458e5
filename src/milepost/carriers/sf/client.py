"""SF Express's open platform: EXP_RECE_SEARCH_ROUTES, ten numbers a call."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from hashlib import md5
from typing import Any, ClassVar
from urllib.parse import quote_plus
from uuid import uuid4

from milepost.carriers.toolkit.asking import (
    FORM,
    Polled,
    body_of,
    form_bytes,
    garbage,
    in_batches,
    json_bytes,
    judge_http,
)
from milepost.carriers.toolkit.tree import text_of
from milepost.engine.polling import Account, Ask, Reply, Request, Verdict

_OK = "A1000"
_REFUSED = {"A1003", "A1004", "A1006", "A1011"}
_THROTTLED = {"A1005"}


class Client(Polled):
    """See `engine.polling.Source`. Numbers of one call share the phone's last four digits."""

    BASE_URL: ClassVar[str] = "https://bspgw.sf-express.com"
    CREDENTIALS: ClassVar[tuple[str, ...]] = ("partner_id", "checkword")
    BATCH: ClassVar[int] = 10
    AGGREGATOR: ClassVar[bool] = False

    def requests(self, asks: Sequence[Ask], account: Account, now: datetime) -> list[Request]:
        tails = {ask.phone_tail for ask in asks}
        groups = [[ask for ask in asks if ask.phone_tail == tail] for tail in tails]
        return [
            _request(batch, account, now)
            for group in groups
            for batch in in_batches(group, self.BATCH)
        ]

    def judge(self, request: Request, reply: Reply, account: Account) -> Verdict:
        if found := judge_http(reply):
            return found
        body = body_of(reply)
        code = text_of(body, "apiResultCode") if isinstance(body, dict) else None
        if code is None:
            return garbage(reply)
        message = f"{code} {text_of(body, 'apiErrorMsg') or ''}".strip()
        if code in _REFUSED:
            return Verdict(kind="refused", message=message)
        if code != _OK:
            return Verdict(kind="throttled" if code in _THROTTLED else "failing", message=message)
        return Verdict()


def _request(asks: tuple[Ask, ...], account: Account, now: datetime) -> Request:
    data: dict[str, Any] = {
        "language": "0",
        "trackingType": "1",
        "trackingNumber": [ask.number for ask in asks],
        "methodType": "1",
    }
    if asks[0].phone_tail:
        data["checkPhoneNo"] = asks[0].phone_tail
    text, stamp = json_bytes(data).decode(), str(int(now.timestamp() * 1000))
    fields = {
        "partnerID": account.secrets["partner_id"],
        "requestID": uuid4().hex,
        "serviceCode": "EXP_RECE_SEARCH_ROUTES",
        "timestamp": stamp,
        "msgDigest": _digest(text + stamp + account.secrets["checkword"]),
        "msgData": text,
    }
    url = account.base_url + "/std/service"
    return Request(url=url, headers=FORM, body=form_bytes(fields), asks=asks)


def _digest(text: str) -> str:
    # As the vendor's own sample: MD5 over the text in its URL-encoded form.
    digest = md5(quote_plus(text, safe="*-._").encode(), usedforsecurity=False).digest()
    return base64.b64encode(digest).decode()
