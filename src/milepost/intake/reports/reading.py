"""Bytes to reports: a JSON array, one object, or one object a line. A bad item loses no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec
from msgspec import Struct

from milepost.engine.decode import NotABatchError, Rejected
from milepost.intake.reports.units import BadReportError

Report = TypeVar("Report")
Read = TypeVar("Read")
_FAULTS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_pieces = msgspec.json.Decoder(list[msgspec.Raw])


class Batch(Struct, Generic[Read]):
    """What could be read, with its place in the batch, and what could not."""

    items: list[tuple[int, Read]]
    rejected: list[Rejected]


class Reader(Generic[Report]):
    """Reads bodies of one kind of report."""

    def __init__(self, kind: type[Report]) -> None:
        self._many = msgspec.json.Decoder(list[kind])  # type: ignore[valid-type]
        self._one = msgspec.json.Decoder(kind)

    def read(
        self, body: bytes, convert: Callable[[Report], Read], *, lines: bool = False
    ) -> Batch[Read]:
        """Raises NotABatchError where the body is none at all."""
        found: Batch[Read] = Batch([], [])
        for index, one in enumerate(self._reports(body, lines=lines)):
            if isinstance(one, Rejected):
                found.rejected.append(Rejected(index, one.error))
                continue
            try:
                found.items.append((index, convert(one)))
            except BadReportError as error:
                found.rejected.append(Rejected(index, str(error)))
        return found

    def _reports(self, body: bytes, *, lines: bool) -> list[Report | Rejected]:
        if not lines:
            try:
                return list(self._many.decode(body))
            except _FAULTS:
                pass  # at least one is wrong: each by itself
        return [self._try(piece) for piece in split(body, lines=lines)]

    def _try(self, piece: bytes | msgspec.Raw) -> Report | Rejected:
        try:
            return self._one.decode(piece)
        except _FAULTS as error:
            return Rejected(0, str(error))


def split(body: bytes, *, lines: bool = False) -> list[bytes] | list[msgspec.Raw]:
    """The items of a body, each unread. Raises NotABatchError."""
    start = body.lstrip()[:1]
    rows = [line for line in body.splitlines() if line.strip()]
    if lines or (start == b"{" and len(rows) > 1 and all(r.lstrip()[:1] == b"{" for r in rows)):
        return rows
    if start == b"{":
        return [body]
    try:
        return _pieces.decode(body)
    except _FAULTS as error:
        raise NotABatchError(f"expected a JSON array, or one object a line: {error}") from None
