"""17TRACK as an account upstream: gettrackinfo of 40 numbers, those it does not know registered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, ClassVar

from milepost.carriers.toolkit.asking import (
    JSON,
    Polled,
    body_of,
    covered,
    garbage,
    in_batches,
    json_bytes,
    judge_http,
    option,
    same,
)
from milepost.carriers.toolkit.tree import dig, rows_of, text_of
from milepost.engine.polling import Account, Ask, Reply, Request, Verdict

_REFUSED = {"-18010001", "-18010002", "-18010004", "-18010005"}
_SPENT = {"-18019907", "-18019908"}
_NOT_REGISTERED = "-18019902"
_NOTHING_YET = "-18019909"
_REGISTERED = "-18019901"
_TOO_MANY = "429"


class Client(Polled):
    """See `engine.polling.Source`. Option: `version` (v2.4)."""

    BASE_URL: ClassVar[str] = "https://api.17track.net"
    CREDENTIALS: ClassVar[tuple[str, ...]] = ("token",)
    BATCH: ClassVar[int] = 40
    RATE_PER_S: ClassVar[float] = 2.5
    CONCURRENCY: ClassVar[int] = 2
    SIGNS_WITH: ClassVar[str | None] = "token"

    def requests(self, asks: Sequence[Ask], account: Account, now: datetime) -> list[Request]:
        return [_call("gettrackinfo", batch, account) for batch in in_batches(asks, self.BATCH)]

    def judge(self, request: Request, reply: Reply, account: Account) -> Verdict:
        if found := judge_http(reply):
            return found
        body = body_of(reply)
        if not isinstance(body, dict) or not isinstance(body.get("data"), dict):
            return garbage(reply)
        code = text_of(body, "code")
        if code != "0":
            return _failed(code, body)
        return _taken(request, dict(_rejected(body)), account)

    def genuine(self, headers: Mapping[str, str], body: bytes, account: Account) -> bool:
        """The header `sign`: SHA-256 over body, slash and key."""
        wanted = sha256(body + b"/" + account.secrets["token"].encode()).hexdigest()
        return same(headers.get("sign", "").lower(), wanted)


def _call(name: str, asks: tuple[Ask, ...], account: Account) -> Request:
    rows = [_row(ask, register=name == "register") for ask in asks]
    return Request(
        url=f"{account.base_url}/track/{option(account, 'version', 'v2.4')}/{name}",
        headers={**JSON, "17token": account.secrets["token"]},
        body=json_bytes(rows),
        asks=asks,
        registers=name == "register",
    )


def _row(ask: Ask, *, register: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"number": ask.number}
    if ask.carrier_code:
        row["carrier"] = int(ask.carrier_code)
    if register and ask.phone_tail:
        row["phone_number_last_4"] = ask.phone_tail
    return row


def _failed(code: str | None, body: dict[str, Any]) -> Verdict:
    message = f"{code} {text_of(dig(body, 'data.errors.0'), 'message') or ''}".strip()
    if code in _REFUSED:
        return Verdict(kind="refused", message=message)
    return Verdict(kind="throttled" if code == _TOO_MANY else "failing", message=message)


def _rejected(body: dict[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    for row in rows_of(body, "data.rejected"):
        error = dig(row, "error")
        yield (
            text_of(row, "number") or "",
            (text_of(error, "code") or "", text_of(error, "message") or ""),
        )


def _taken(request: Request, rejected: dict[str, tuple[str, str]], account: Account) -> Verdict:
    if any(code in _SPENT for code, _ in rejected.values()):
        return Verdict(kind="spent", message=" ".join(next(iter(rejected.values()))))
    unknown = [number for number, (code, _) in rejected.items() if code == _NOT_REGISTERED]
    harmless = {_NOT_REGISTERED, _NOTHING_YET, _REGISTERED}
    faults = {
        number: f"{code} {said}"
        for number, (code, said) in rejected.items()
        if code not in harmless
    }
    asks, _ = covered(request.asks, unknown)
    follow = (_call("register", tuple(asks), account),) if asks else ()
    return Verdict(follow=follow, faults=faults)
