"""The leaf of a journal row: 100 bytes that hold all of its content, and their hash.

Big endian, without padding:

    0  u8   version, 1           22  i64  parcel          50  i16  offset_min
    1  u8   which are not null   30  i64  at_us           52  i64  raw
    2  u32  tenant               38  i64  received_us     60  i64  reference
    6  i64  seq (commit)         46  i16  code            68  32 B hash of the packed body
   14  i64  fingerprint          48  i16  quality

Byte 1: bit 0 offset_min, bit 1 raw, bit 2 reference; what is null is zero in its place. The body
itself is not in the leaf, so that a proof can be shown without what the scan says.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from msgspec import Struct

from milepost.engine.rows import Row
from milepost.notary.suites import HASH_BYTES, Suite

VERSION = 1
FIRST_FIELDS = 15  # of a body, when logs were first kept
_NIL = b"\xc0"
LEAF_BYTES = 100
RECORD_BYTES = 12
_OFFSET, _RAW, _REFERENCE = 1, 2, 4
_LAYOUT = "BBIqqqqqhhhqq32s"
_LEAF = struct.Struct(">" + _LAYOUT)
_PREFIXED = struct.Struct(">B" + _LAYOUT)  # with the zero byte of a leaf's hash in front
# In the prefixed leaf: the low half of the fingerprint, then the parcel.
_RECORD = slice(19, 31)


class Leaf(Struct, frozen=True, kw_only=True):
    """What a leaf says. `body` is the hash of the packed body."""

    tenant: int
    seq: int
    fingerprint: int
    parcel: int
    at_us: int
    received_us: int
    code: int
    quality: int
    offset_min: int | None
    raw: int | None
    reference: int | None
    body: bytes


class BadLeafError(ValueError):
    """Bytes that are no leaf."""


def hashed(
    suite: Suite, rows: Sequence[Row], bodies: Sequence[bytes], seq: int
) -> list[tuple[bytes, bytes]]:
    """(leaf hash, record of the event index) of each row of one commit.

    This runs for every event that is taken, so it is written for speed.
    """
    new, pack = suite.new, _PREFIXED.pack
    out: list[tuple[bytes, bytes]] = []
    add = out.append
    for row, body in zip(rows, bodies, strict=True):
        tenant, raw, event = row.tenant, row.raw, row.event
        offset, reference = event.offset_min, event.reference
        flags = (
            (0 if offset is None else _OFFSET)
            | (0 if raw is None else _RAW)
            | (0 if reference is None else _REFERENCE)
        )
        data = pack(
            0, VERSION, flags, tenant, seq, event.fingerprint, event.parcel, event.at_us,
            event.received_us, event.code, event.quality, offset or 0, raw or 0, reference or 0,
            new(body).digest(),
        )  # fmt: skip
        add((new(data).digest(), data[_RECORD]))
    return out


def versions(body: bytes) -> list[bytes]:
    """A packed body as it is, and as it was packed when bodies had fewer fields.

    Fields are only ever added at the end, and a row of the history is packed anew: what was sealed
    before a field was known must give the leaf that it had.
    """
    fields, payload = _fields(body)
    found = [body]
    while fields > FIRST_FIELDS and payload.endswith(_NIL):
        fields, payload = fields - 1, payload[:-1]
        header = (
            struct.pack(">B", 0x90 | fields) if fields < 16 else struct.pack(">BH", 0xDC, fields)
        )
        found.append(header + payload)
    return found


def _fields(body: bytes) -> tuple[int, bytes]:
    """How many fields a packed body has, and their bytes; none where it is no array."""
    if body[:1] == b"\xdc":
        return int.from_bytes(body[1:3], "big"), body[3:]
    return (body[0] & 15, body[1:]) if body and body[0] >> 4 == 9 else (0, body)


def leaf_bytes(suite: Suite, row: Row, body: bytes, seq: int) -> bytes:
    """The leaf of one row."""
    tenant, raw, event = row.tenant, row.raw, row.event
    offset, reference = event.offset_min, event.reference
    flags = (
        (offset is not None) * _OFFSET
        | (raw is not None) * _RAW
        | (reference is not None) * _REFERENCE
    )
    return _LEAF.pack(
        VERSION, flags, tenant, seq, event.fingerprint, event.parcel, event.at_us,
        event.received_us, event.code, event.quality, offset or 0, raw or 0, reference or 0,
        suite.hash(body),
    )  # fmt: skip


def read_leaf(data: bytes) -> Leaf:
    """What a leaf says. Raises BadLeafError."""
    if len(data) != LEAF_BYTES or data[0] != VERSION:
        raise BadLeafError(f"not a leaf of version {VERSION} and {LEAF_BYTES} bytes")
    (_, flags, tenant, seq, fingerprint, parcel, at_us, received_us, code, quality, offset, raw,
     reference, body) = _LEAF.unpack(data)  # fmt: skip
    return Leaf(
        tenant=tenant,
        seq=seq,
        fingerprint=fingerprint,
        parcel=parcel,
        at_us=at_us,
        received_us=received_us,
        code=code,
        quality=quality,
        offset_min=offset if flags & _OFFSET else None,
        raw=raw if flags & _RAW else None,
        reference=reference if flags & _REFERENCE else None,
        body=body,
    )


def split(hashes: bytes) -> list[bytes]:
    """Joined hashes one by one."""
    return [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]
