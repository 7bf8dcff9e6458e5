"""AfterShip as an account upstream: lists of trackings, absent ones created; webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import ClassVar
from urllib.parse import quote

from milepost.carriers.toolkit.asking import (
    Polled,
    body_of,
    create_absent,
    creation,
    garbage,
    in_batches,
    judge_http,
    named,
    option,
    same,
)
from milepost.carriers.toolkit.tree import integer_of, object_of, rows_of, text_of
from milepost.engine.polling import Account, Ask, Reply, Request, Verdict

_EXISTS = 4003
_REFUSED = {401, 402, 403}


class Client(Polled):
    """See `engine.polling.Source`. Option: `version` (2026-07)."""

    BASE_URL: ClassVar[str] = "https://api.aftership.com"
    CREDENTIALS: ClassVar[tuple[str, ...]] = ("api_key",)
    OPTIONAL: ClassVar[tuple[str, ...]] = ("api_secret", "webhook_secret")
    BATCH: ClassVar[int] = 50
    SIGNS_WITH: ClassVar[str | None] = "webhook_secret"

    def requests(self, asks: Sequence[Ask], account: Account, now: datetime) -> list[Request]:
        return [_list(batch, account) for batch in in_batches(asks, self.BATCH)]

    def judge(self, request: Request, reply: Reply, account: Account) -> Verdict:
        if found := judge_http(reply):
            return found
        body = body_of(reply)
        code = integer_of(body, "meta.code") if isinstance(body, dict) else None
        if code is None:
            return garbage(reply)
        meta = object_of(body, "meta")
        message = f"{code} {text_of(meta, 'message') or ''}".strip()
        if code in _REFUSED:
            return Verdict(kind="refused", message=message)
        if code >= 400 and code != _EXISTS:
            return Verdict(faults={ask.number: message for ask in request.asks})
        if request.registers:
            return Verdict()
        rows = rows_of(body, "data.trackings")
        return create_absent(request.asks, rows, "tracking_number", partial(_create, account))

    def genuine(self, headers: Mapping[str, str], body: bytes, account: Account) -> bool:
        """The header `aftership-hmac-sha256` over the raw body."""
        digest = hmac.new(account.secrets["webhook_secret"].encode(), body, hashlib.sha256)
        wanted = base64.b64encode(digest.digest()).decode()
        return same(headers.get("aftership-hmac-sha256", ""), wanted)


def _list(asks: tuple[Ask, ...], account: Account) -> Request:
    numbers = quote(",".join(ask.number for ask in asks), safe=",")
    url = f"{_root(account)}/trackings?limit=200&tracking_numbers={numbers}"
    return Request(method="GET", url=url, headers=_headers(account), asks=asks)


def _create(account: Account, ask: Ask) -> Request:
    body = named(ask, "tracking_number", "slug")
    return creation(ask, f"{_root(account)}/trackings", _headers(account), body)


def _root(account: Account) -> str:
    return f"{account.base_url}/tracking/{option(account, 'version', '2026-07')}"


def _headers(account: Account) -> dict[str, str]:
    return {"as-api-key": account.secrets["api_key"], "accept": "application/json"}
