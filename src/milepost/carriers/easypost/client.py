"""EasyPost as an account upstream: trackers by their codes, those it lacks created; events."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import ClassVar
from unicodedata import normalize
from urllib.parse import urlencode

from milepost.carriers.toolkit.asking import (
    Polled,
    body_of,
    create_absent,
    creation,
    garbage,
    in_batches,
    judge_http,
    named,
    said,
    same,
)
from milepost.carriers.toolkit.tree import rows_of
from milepost.engine.polling import Account, Ask, Reply, Request, Verdict


class Client(Polled):
    """See `engine.polling.Source`."""

    BASE_URL: ClassVar[str] = "https://api.easypost.com"
    CREDENTIALS: ClassVar[tuple[str, ...]] = ("api_key",)
    OPTIONAL: ClassVar[tuple[str, ...]] = ("webhook_secret",)
    BATCH: ClassVar[int] = 40
    SIGNS_WITH: ClassVar[str | None] = "webhook_secret"

    def requests(self, asks: Sequence[Ask], account: Account, now: datetime) -> list[Request]:
        return [_list(batch, account) for batch in in_batches(asks, self.BATCH)]

    def judge(self, request: Request, reply: Reply, account: Account) -> Verdict:
        if found := judge_http(reply):
            return found
        body = body_of(reply)
        if not isinstance(body, dict):
            return garbage(reply)
        if reply.status >= 400:
            return Verdict(faults={ask.number: said(reply) for ask in request.asks})
        if request.registers:
            return Verdict()
        rows = rows_of(body, "trackers")
        return create_absent(request.asks, rows, "tracking_code", partial(_create, account))

    def genuine(self, headers: Mapping[str, str], body: bytes, account: Account) -> bool:
        """The header `X-Hmac-Signature`, keyed with the secret in its NFKD form."""
        secret = normalize("NFKD", account.secrets["webhook_secret"]).encode()
        wanted = "hmac-sha256-hex=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
        return same(headers.get("x-hmac-signature", ""), wanted)


def _list(asks: tuple[Ask, ...], account: Account) -> Request:
    codes = [("tracking_codes[]", ask.number) for ask in asks]
    query = urlencode([*codes, ("page_size", "100")])
    url = f"{account.base_url}/v2/trackers?{query}"
    return Request(method="GET", url=url, headers=_headers(account), asks=asks)


def _create(account: Account, ask: Ask) -> Request:
    body = {"tracker": named(ask, "tracking_code", "carrier")}
    return creation(ask, f"{account.base_url}/v2/trackers", _headers(account), body)


def _headers(account: Account) -> dict[str, str]:
    pair = base64.b64encode(f"{account.secrets['api_key']}:".encode()).decode()
    return {"authorization": f"Basic {pair}"}
