"""Gathers what a payload holds; one bad piece never loses the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import msgspec

from milepost.carriers.toolkit.tree import dig, rows_of
from milepost.domain.scan import Facts, Parsed, Scan, Unread

_RAW_LIMIT = 2000
# What reading a piece of foreign data may raise; anything else is a fault of ours and must show.
_DATA_ERRORS = (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError)


class ScanError(ValueError):
    """A piece of a payload that cannot be a scan; its text becomes the reason of the `Unread`."""


class Collector:
    """Collects scans, facts, errors and the unread while a connector walks a payload."""

    def __init__(self) -> None:
        self.scans: list[Scan] = []
        self.facts: list[Facts] = []
        self.unread: list[Unread] = []
        self.errors: list[str] = []

    def each(
        self, rows: Iterable[Any], where: str, read: Callable[[Any], Scan | Iterable[Scan] | None]
    ) -> None:
        """Reads every row; one that cannot be read goes to `unread` as `where[index]`."""
        for index, row in enumerate(rows):
            self.attempt(row, f"{where}[{index}]", partial(self._take, read, row))

    def rows(self, data: Any, where: str, *paths: str) -> list[Any]:
        """Like `tree.rows_of`, but notes as unread what should be a list and is none."""
        for path in paths:
            value = dig(data, path)
            if value not in (None, "") and not isinstance(value, list | dict):
                self.miss(f"{where}{path}", "not a list", value)
        return rows_of(data, *paths)

    def attempt(self, raw: Any, where: str, step: Callable[[], object]) -> bool:
        """Runs one step; if the data is at fault, notes `raw` as unread. True if it went well."""
        try:
            step()
        except _DATA_ERRORS as error:
            self.miss(where, reason_of(error), raw)
            return False
        return True

    def miss(self, where: str, reason: str, raw: Any = "") -> None:
        """Notes a piece that could not be read."""
        self.unread.append(Unread(where=where, reason=reason, raw=raw_text(raw)))

    def error(self, message: str | None) -> None:
        """Notes the source's own error message."""
        if message and message not in self.errors:
            self.errors.append(message)

    def parsed(self) -> Parsed:
        return Parsed(
            scans=tuple(self.scans),
            facts=tuple(self.facts),
            unread=tuple(self.unread),
            errors=tuple(self.errors),
        )

    def _take(self, read: Callable[[Any], Scan | Iterable[Scan] | None], row: Any) -> None:
        found = read(row)
        if isinstance(found, Scan):
            self.scans.append(found)
        elif found is not None:
            self.scans.extend(list(found))


def unreadable(payload: bytes, reason: str) -> Parsed:
    """The answer for a payload that is not the connector's format at all."""
    raw = payload[:_RAW_LIMIT].decode("utf-8", "replace")
    return Parsed(unread=(Unread(where="payload", reason=reason, raw=raw),))


def reason_of(error: Exception) -> str:
    """Why it could not be read, for a person."""
    text = str(error)
    return text if isinstance(error, ScanError) else f"{type(error).__name__}: {text}"


def raw_text(raw: Any) -> str:
    """The piece's own text, as JSON unless it is text already, cut to a sane length."""
    if isinstance(raw, str):
        return raw[:_RAW_LIMIT]
    try:
        return msgspec.json.encode(raw).decode()[:_RAW_LIMIT]
    except (TypeError, ValueError, RecursionError):
        return repr(raw)[:_RAW_LIMIT]
