"""One call of a client: who calls, in which version, and what it sends."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from milepost.compat.core import CompatServices, Credential
from milepost.compat.core.bodies import without_mark
from milepost.compat.seventeentrack import faults
from milepost.compat.seventeentrack.faults import FaultError
from milepost.compat.seventeentrack.road import NO_CARRIER
from milepost.engine.resolve import BadScanError, checked_number

MOST_ITEMS = 40
_NUMBER = re.compile(r"[A-Za-z0-9-]{5,50}")
_DIGITS = re.compile(r"[0-9]{1,9}")
Item = dict[str, Any]
One = Callable[["Call", Item], Awaitable[Item]]
Handler = Callable[["Call", bytes], Awaitable[Item]]


class Call(Struct):
    """A signed-in call. `version` is that of the shapes: v2.2 or v2.4."""

    services: CompatServices
    credential: Credential
    version: str
    now_us: int

    @property
    def tenant(self) -> int:
        return self.credential.tenant


def read_json(body: bytes) -> Any:
    """Raises FaultError for what is no JSON."""
    try:
        return msgspec.json.decode(without_mark(body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise FaultError(faults.BAD_DATA) from None


def read_items(body: bytes, most: int = MOST_ITEMS) -> list[Item]:
    """The array of objects that most calls take. Raises FaultError."""
    items = read_json(body)
    if not isinstance(items, list) or not items:
        raise FaultError(faults.BAD_DATA)
    if not all(isinstance(item, dict) for item in items):
        raise FaultError(faults.BAD_DATA)
    if len(items) > most:
        raise FaultError(faults.TOO_MANY, most)
    return items


def read_number(item: Item) -> str:
    """The number as it was written. Raises FaultError."""
    given = item.get("number")
    if given is None or given == "":
        raise FaultError(faults.MISSING, "number")
    number = str(given).strip()
    try:
        checked_number(number)
    except BadScanError:
        raise FaultError(faults.BAD_FORMAT, number[:60]) from None
    if not _NUMBER.fullmatch(number):
        raise FaultError(faults.BAD_FORMAT, number[:60])
    return number


def read_carrier(item: Item, name: str = "carrier", fault: int = faults.BAD_CARRIER) -> int | None:
    """A carrier's key, None where none is given (or 0). Raises FaultError."""
    given = item.get(name)
    if given is None or given == "":
        return None
    # PHP writes a number that came from a division as 3011.0.
    text = str(int(given) if isinstance(given, float) and given.is_integer() else given).strip()
    if isinstance(given, bool) or not _DIGITS.fullmatch(text):
        raise FaultError(fault, text[:60])
    return int(text) or None


async def each(call: Call, items: Sequence[Item], one: One) -> Item:
    """Do something for every item, in order; those that fail are rejected, the others done."""
    return sorted_out(items, [await attempt(call, item, one) for item in items])


async def each_at_once(call: Call, items: Sequence[Item], one: One) -> Item:
    """The same for what only reads."""
    if len(items) == 1:  # a task of its own costs more than it brings
        return await each(call, items, one)
    return sorted_out(items, await asyncio.gather(*(attempt(call, item, one) for item in items)))


async def attempt(call: Call, item: Item, one: One) -> Item | FaultError:
    try:
        return await one(call, item)
    except FaultError as error:
        return error


def sorted_out(items: Sequence[Item], results: Sequence[Item | FaultError]) -> Item:
    """The whole answer."""
    accepted = [one for one in results if not isinstance(one, FaultError)]
    rejected = [
        _rejected(item, one)
        for item, one in zip(items, results, strict=True)
        if isinstance(one, FaultError)
    ]
    return {"code": 0, "data": {"accepted": accepted, "rejected": rejected}}


def _rejected(item: Item, error: FaultError) -> Item:
    said = {"number": item.get("number"), "carrier": item.get("carrier") or NO_CARRIER}
    tag = {"tag": item["tag"]} if "tag" in item else {}
    return said | tag | {"error": error.shape()}
