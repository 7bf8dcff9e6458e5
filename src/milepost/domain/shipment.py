"""A shipment as rules and predictors see it: its packed state, opened on demand."""

from __future__ import annotations

from functools import cached_property

from milepost.domain.marks import (
    HAS_UNKNOWN,
    PROMISE,
    REOPENED,
    Mark,
    header_of,
    marks_of,
    references_of,
    standing,
)
from milepost.domain.settle import MAIN
from milepost.domain.status import BY_CODE, Status


class Shipment:
    """Read-only view of a packed state. Times are seconds since 1970 UTC."""

    def __init__(self, state: bytes) -> None:
        self.state = state
        self.header = header_of(state)
        self.main = MAIN[self.header.code]
        self.since_s = self.header.since_s
        self.last_s = self.header.last_s

    @property
    def status(self) -> Status:
        return BY_CODE[self.header.code]

    @property
    def sub(self) -> str:
        return self.status.sub

    @property
    def attempts(self) -> int:
        return self.header.attempts

    @cached_property
    def marks(self) -> list[Mark]:
        """The standing marks, oldest first."""
        return list(standing(marks_of(self.state), self.references))

    @cached_property
    def references(self) -> dict[int, int]:
        return references_of(self.state)

    @property
    def has_unknown(self) -> bool:
        return bool(self.header.flags & HAS_UNKNOWN)

    @property
    def reopened(self) -> bool:
        return bool(self.header.flags & REOPENED)

    @cached_property
    def promised_s(self) -> int | None:
        """The newest promise of delivery, or None."""
        if not self.header.references:
            return None
        promises = [mark for mark in self.marks if mark.code == PROMISE]
        return self.references[promises[-1].fingerprint] if promises else None
