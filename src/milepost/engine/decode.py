"""Room 2: bytes become scans. One item that cannot be read never loses the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import TypeVar

import msgspec
from msgspec import Struct

from milepost.domain.scan import Scan
from milepost.engine.splitting import split_array

Item = TypeVar("Item")


class Rejected(Struct, frozen=True):
    """An item of a batch that was not taken, by its place in the batch, and why."""

    index: int
    error: str


class Decoded(Struct):
    """The scans of a batch with their places in it, and the items that are none."""

    scans: list[tuple[int, Scan]]
    rejected: list[Rejected]


class NotABatchError(ValueError):
    """The whole body is neither a JSON array of scans nor lines of JSON."""


# Malformed, wrongly typed, not Unicode, or nested without end.
_FAULTS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_whole = cache(lambda kind: msgspec.json.Decoder(list[kind]))  # type: ignore[valid-type]
_pieces = msgspec.json.Decoder(list[msgspec.Raw])
_object = msgspec.json.Decoder(msgspec.Raw)
_one = cache(msgspec.json.Decoder)


def decode_scans(body: bytes, *, lines: bool = False, kind: type[Scan] = Scan) -> Decoded:
    """The scans in a body: a JSON array, one JSON object, or (`lines`) one object a line."""
    text = _as_utf8(body)
    if not lines:
        try:
            return Decoded(list(enumerate(_whole(kind).decode(text))), [])
        except _FAULTS:
            pass  # at least one item is wrong: look at each by itself
    return Decoded(*decode_each(_split(text, lines), _one(kind)))


def _split(text: bytes, lines: bool) -> Sequence[bytes | msgspec.Raw]:
    start = text.lstrip()[:1]
    if lines or (start == b"{" and b"\n" in text.strip()):
        rows = [line for line in text.splitlines() if line.strip()]
        if lines or all(row.lstrip()[:1] == b"{" for row in rows):
            return rows
    try:
        return [_object.decode(text)] if start == b"{" else items_of(text)
    except _FAULTS as error:
        raise NotABatchError(
            f"expected a JSON array of scans, or one scan a line: {error}"
        ) from None


def items_of(text: bytes) -> Sequence[bytes | msgspec.Raw]:
    """The items of a JSON array, also where one of them is no JSON; raises what msgspec does."""
    try:
        return _pieces.decode(text)
    except _FAULTS:
        if (items := split_array(text)) is not None:
            return items
        raise


def decode_each(
    items: Iterable[bytes | msgspec.Raw], decoder: msgspec.json.Decoder[Item]
) -> tuple[list[tuple[int, Item]], list[Rejected]]:
    """What can be read of the items, with their places, and what cannot, with the reasons."""
    found: list[tuple[int, Item]] = []
    rejected: list[Rejected] = []
    for index, item in enumerate(map(bytes, items)):
        try:
            found.append((index, decoder.decode(_as_utf8(item))))
        except _FAULTS as error:
            rejected.append(Rejected(index, str(error)))
    return found, rejected


def _as_utf8(body: bytes) -> bytes:
    """Chinese sources still send GB18030; whatever is valid UTF-8 is taken as that."""
    if body[:3] == b"\xef\xbb\xbf":
        body = body[3:]
    if body.isascii():
        return body
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return body.decode("gb18030").encode("utf-8")
        except UnicodeDecodeError:
            return body
    return body
