"""What the clients of all sources share: reading an answer's outside, and secrets compared."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

import msgspec

from milepost.carriers.toolkit.tree import text_of
from milepost.engine.polling import Account, Ask, Reply, Request, Verdict

FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
JSON = {"content-type": "application/json"}
LONGEST_RETRY_AFTER_S = 86_400.0
_MESSAGE = 300


def json_bytes(value: Any) -> bytes:
    return msgspec.json.encode(value)


def form_bytes(fields: dict[str, str]) -> bytes:
    return urlencode(fields).encode()


def body_of(reply: Reply) -> Any:
    """The answer's JSON; None if it is none."""
    try:
        return msgspec.json.decode(reply.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def judge_http(reply: Reply) -> Verdict | None:
    """What the status alone says; None where the body has to be read."""
    if reply.status in (429, 503) and (reply.status == 429 or "retry-after" in reply.headers):
        return Verdict(kind="throttled", message=said(reply), retry_after_s=retry_after_s(reply))
    if reply.status in (401, 403):
        return Verdict(kind="refused", message=said(reply))
    if reply.status >= 500:
        return Verdict(kind="failing", message=said(reply), retry_after_s=retry_after_s(reply))
    return None


def garbage(reply: Reply) -> Verdict:
    """An answer that is not of this source's form."""
    return Verdict(kind="failing", message=f"not an answer of this source: {said(reply)}")


def said(reply: Reply) -> str:
    """Status and the beginning of the body, for a person."""
    text = reply.body[: 4 * _MESSAGE].decode("utf-8", "replace").replace("\x00", "").strip()
    return f"{reply.status} {text}"[:_MESSAGE].strip()


def retry_after_s(reply: Reply) -> float | None:
    """Seconds of Retry-After, given as a number or a date; None without one."""
    text = reply.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), LONGEST_RETRY_AFTER_S)
    try:
        wait_s = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(0.0, wait_s), LONGEST_RETRY_AFTER_S)


def same(given: str, wanted: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(given.encode(), wanted.encode())


def in_batches(asks: Sequence[Ask], size: int) -> Iterator[tuple[Ask, ...]]:
    for start in range(0, len(asks), size):
        yield tuple(asks[start : start + size])


def option(account: Account, name: str, usual: str) -> str:
    return str(account.options.get(name) or usual)


def covered(asks: Iterable[Ask], found: Iterable[str]) -> tuple[list[Ask], list[Ask]]:
    """(asks that were found, asks that were not), numbers compared whatever their case."""
    known = {number.casefold() for number in found}
    there = [ask for ask in asks if ask.number.casefold() in known]
    return there, [ask for ask in asks if ask.number.casefold() not in known]


def named(ask: Ask, number: str, carrier: str) -> dict[str, str]:
    """An ask as a source's fields, which has its own names for them."""
    code = {carrier: ask.carrier_code} if ask.carrier_code else {}
    return {number: ask.number, **code}


def create_absent(
    asks: Iterable[Ask], rows: Iterable[Any], number: str, create: Callable[[Ask], Request]
) -> Verdict:
    """What a source's list did not have is created there; `number`: the field of its rows."""
    _, absent = covered(asks, [text_of(row, number) or "" for row in rows])
    return Verdict(follow=tuple(map(create, absent)))


def creation(ask: Ask, url: str, headers: dict[str, str], body: Any) -> Request:
    """The request that makes a number known to a source."""
    return Request(
        url=url, headers=JSON | headers, body=json_bytes(body), asks=(ask,), registers=True
    )


class Polled:
    """What holds for a source unless it says otherwise; see `engine.polling.Source`."""

    OPTIONAL: ClassVar[tuple[str, ...]] = ()
    BATCH: ClassVar[int] = 1
    RATE_PER_S: ClassVar[float] = 5.0
    CONCURRENCY: ClassVar[int] = 4
    SHORTEST_S: ClassVar[int] = 600
    AGGREGATOR: ClassVar[bool] = True
    SIGNS_WITH: ClassVar[str | None] = None

    def genuine(self, headers: Mapping[str, str], body: bytes, account: Account) -> bool:
        """It pushes nothing, so nothing is genuine."""
        return False

    def acknowledgement(self, account: Account, now: datetime, error: str | None) -> bytes:
        return b""
