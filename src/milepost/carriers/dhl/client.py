"""DHL's unified tracking API: one number a call, 250 calls a day for a free key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlencode

from milepost.carriers.toolkit.asking import Polled, body_of, garbage, judge_http
from milepost.engine.polling import Account, Ask, Reply, Request, Verdict


class Client(Polled):
    """See `engine.polling.Source`. 404 means that DHL has nothing of the number yet."""

    BASE_URL: ClassVar[str] = "https://api-eu.dhl.com"
    CREDENTIALS: ClassVar[tuple[str, ...]] = ("api_key",)
    RATE_PER_S: ClassVar[float] = 0.2
    CONCURRENCY: ClassVar[int] = 1
    AGGREGATOR: ClassVar[bool] = False

    def requests(self, asks: Sequence[Ask], account: Account, now: datetime) -> list[Request]:
        headers = {"dhl-api-key": account.secrets["api_key"], "accept": "application/json"}
        return [
            Request(method="GET", url=_url(ask, account), headers=headers, asks=(ask,))
            for ask in asks
        ]

    def judge(self, request: Request, reply: Reply, account: Account) -> Verdict:
        if found := judge_http(reply):
            return found
        return Verdict() if isinstance(body_of(reply), dict) else garbage(reply)


def _url(ask: Ask, account: Account) -> str:
    return f"{account.base_url}/track/shipments?{urlencode({'trackingNumber': ask.number})}"
