"""What a source tells us, before it is judged: scans, promises, facts, and what could not be read.

This is the shape of `POST /v1/scans` and of what every connector's `parse` gives.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from milepost.domain.place import Place


class Scan(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One scan event as the source said it.

    `occurred_at` keeps the source's own offset; it is naive when the source gave none, and
    `date_only` when there was no time of day. `code` belongs to the table of the carrier
    `code_set`, or is a canonical sub status where `code_set` is absent. `text` is verbatim.
    `retracts` names an event (its id) that the source takes back; with other fields filled the
    scan replaces it. `estimated_from` and `estimated_to` are the carrier's promise of delivery.
    """

    number: str
    occurred_at: datetime
    carrier: str | None = None
    code: str | None = None
    code_set: str | None = None
    text: str | None = None
    place: str | Place | None = None
    next_place: str | Place | None = None
    date_only: bool = False
    actor: str | None = None
    device: str | None = None
    evidence: list[str] | None = None
    measurements: dict[str, Any] | None = None
    order_number: str | None = None
    retracts: str | None = None
    estimated_from: datetime | None = None
    estimated_to: datetime | None = None


class LinkedNumber(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Another carrier's number for the same parcel (last-mile number, partner, master)."""

    number: str
    carrier: str | None = None


class Facts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a source says of the shipment as a whole. Weights in grams.

    `categories` are kinds of goods that need care (see `milepost.domain.care`). `goods`, `hs_code`
    and `packing` are as declared to customs.
    """

    number: str
    carrier: str | None = None
    service: str | None = None
    order_number: str | None = None
    weight_g: int | None = None
    pieces: int | None = None
    origin: Place | None = None
    destination: Place | None = None
    signed_by: str | None = None
    categories: tuple[str, ...] = ()
    goods: str | None = None
    hs_code: str | None = None
    packing: str | None = None
    linked: tuple[LinkedNumber, ...] = ()
    declared_value_minor: int | None = None
    currency: str | None = None


class Unread(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A piece of a payload that could not be read: where it stands, why, and its own text."""

    where: str
    reason: str
    raw: str = ""


class Parsed(Struct, frozen=True, kw_only=True):
    """All that a payload holds. One bad scan is in `unread` and never loses the rest.

    `errors` are the source's own messages (number not found, quota), not failures of ours.
    """

    scans: tuple[Scan, ...] = ()
    facts: tuple[Facts, ...] = ()
    unread: tuple[Unread, ...] = ()
    errors: tuple[str, ...] = ()


class ParseContext(Struct, frozen=True, kw_only=True):
    """What the door knows beside the bytes. `number` is the number that was asked for, if any."""

    received_at: datetime
    content_type: str | None = None
    number: str | None = None


def id_text(fingerprint: int) -> str:
    """An event's id as people see it: 16 hexadecimal digits."""
    return f"{fingerprint & 0xFFFFFFFFFFFFFFFF:016x}"


def id_number(text: str) -> int:
    """The signed 64-bit fingerprint behind an event id; ValueError if it is none."""
    value = int(text, 16)
    if len(text) != 16:
        raise ValueError("an event id has 16 hexadecimal digits")
    return value - (1 << 64) if value >= 1 << 63 else value


scan_decoder = msgspec.json.Decoder(Scan)
