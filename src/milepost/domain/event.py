"""A scan event as the journal holds it: read, placed in time, and known by its content.

The journal row keeps what is asked for often as columns; the rest is the `EventBody`, packed.
"""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from struct import Struct as Layout
from typing import Any

import msgspec
from msgspec import Struct

from milepost.domain.marks import PROMISE, RETRACTION, Mark
from milepost.domain.place import Place
from milepost.domain.status import BY_CODE, SUB_CODE


class EventBody(Struct, frozen=True, array_like=True, omit_defaults=True, gc=False):
    """The part of an event that only a reader of the road needs. Never reorder: append only."""

    number: str
    source: str
    carrier: str | None = None
    text: str | None = None
    place: str | Place | None = None
    code: str | None = None
    code_set: str | None = None
    next_place: str | Place | None = None
    actor: str | None = None
    device: str | None = None
    evidence: list[str] | None = None
    measurements: dict[str, Any] | None = None
    order_number: str | None = None
    estimated_from_us: int | None = None
    estimated_to_us: int | None = None


class Event(Struct, frozen=True, array_like=True, gc=False):
    """One event of one parcel. `parcel` is the key of the tracking number within its tenant.

    `at_us` is UTC microseconds (bare wall clock where `offset_min` is None); `code` a status
    code, PROMISE or RETRACTION; `reference` the retracted event, or the promised second.
    """

    parcel: int
    fingerprint: int
    at_us: int
    offset_min: int | None
    quality: int
    code: int
    received_us: int
    reference: int | None
    body: EventBody

    @property
    def sub(self) -> str:
        """The sub status; an event that says nothing of the status has none of its own."""
        status = BY_CODE.get(self.code)
        return status.sub if status else ""

    @property
    def mark(self) -> Mark:
        return mark_of(self)


pack_body = msgspec.msgpack.Encoder().encode
unpack_body = msgspec.msgpack.Decoder(EventBody).decode

DAY_S = 86_400
_DATE_ONLY = 4
_EARLY_CODES = frozenset(
    code for code, status in BY_CODE.items() if status.main in {"pending", "info_received"}
) | {SUB_CODE["picked_up"]}


# A copy of a hash that is set up takes half as long as to set one up.
_NOTHING_HASHED = blake2b(digest_size=8)
_signed = Layout("<q").unpack


def _hash(content: bytes) -> int:
    digest = _NOTHING_HASHED.copy()
    digest.update(content)
    number: int = _signed(digest.digest())[0]
    return number


def key_of(tenant: int, number: str) -> int:
    """The parcel key of a tracking number: a signed 64-bit hash within the tenant."""
    return _hash(f"{tenant}\x1f{number}".encode())


def fingerprint_of(*parts: object) -> int:
    """The identity of an event's content: a signed 64-bit hash, the same for ever."""
    return fingerprint_of_text("\x1f".join(["" if part is None else str(part) for part in parts]))


def fingerprint_of_text(text: str) -> int:
    """The same, of parts that are joined already."""
    return _hash(text.encode("utf-8", "surrogatepass"))


def leg_of(parcel: int, carrier: str | None) -> int:
    """16 bits that tell the legs of one shipment apart."""
    return (parcel ^ _carrier_bits(carrier)) & 0xFFFF


@cache
def _carrier_bits(carrier: str | None) -> int:
    return int.from_bytes(blake2b((carrier or "").encode(), digest_size=2).digest(), "little")


def order_second(at_us: int, quality: int, code: int) -> int:
    """The second by which an event is ordered.

    A bare date is the start of its day for what comes first on a road and its end for the rest,
    so that "delivered on the 3rd" is not put before "out for delivery on the 3rd, 8 o'clock".
    """
    at_s = at_us // 1_000_000
    if quality == _DATE_ONLY and code not in _EARLY_CODES:
        return at_s - at_s % DAY_S + DAY_S - 1
    return at_s


def mark_of(event: Event) -> Mark:
    """The imprint of an event in the state of its shipment."""
    code, quality = event.code, event.quality
    at_s = order_second(event.at_us, quality, code)
    leg = leg_of(event.parcel, event.body.carrier)
    # One is made for every scan; by its names it would take twice as long.
    return tuple.__new__(Mark, (event.fingerprint, at_s, leg, code, quality))


def is_status(code: int) -> bool:
    """Whether an event's code is a status (and not a promise or a bare retraction)."""
    return code not in (PROMISE, RETRACTION)
