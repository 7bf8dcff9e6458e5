"""The state of a shipment, packed: a header and the sorted imprints ("marks") of its events.

A top express company has 19 million parcels on the road at once, so the live state of each is
bytes, not objects: 27 bytes of header, 16 bytes an event, 16 more for an event that carries a
reference (the event it retracts, or the time it promises).

The state is a function of the *set* of marks: they are kept in one canonical order, and the
header is derived from them alone.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

VERSION = 1
# version, status code, marks, references, since, last event, deciding event, its leg, flags
HEADER = struct.Struct("<BBHHIIqHBH")
MARK = struct.Struct("<qIHBB")
REFERENCE = struct.Struct("<qq")
_CODE = struct.calcsize("<qIH")  # where in a mark its code is

# Codes above every status: an event that says nothing of the status itself.
PROMISE = 250
RETRACTION = 251

HAS_UNKNOWN = 1
REOPENED = 2

# More events for one number than this are refused at the door (admit); the count has 16 bits.
MOST_MARKS = 60_000


class Mark(NamedTuple):
    """The imprint of one event. `at_s`: seconds since 1970 by which it is ordered.

    `leg` is 16 bits of the tracking number's hash, `code` a status code, PROMISE or RETRACTION,
    `quality` the time quality.
    """

    fingerprint: int
    at_s: int
    leg: int
    code: int
    quality: int

    @property
    def order(self) -> tuple[int, int, int]:
        """The canonical order: time, then the further status, then the fingerprint."""
        return (self.at_s, self.code, self.fingerprint)


class Header(NamedTuple):
    """What is derived from the marks. `because` is the fingerprint of the deciding event."""

    version: int
    code: int
    marks: int
    references: int
    since_s: int
    last_s: int
    because: int
    leg: int
    flags: int
    attempts: int


EMPTY = HEADER.pack(VERSION, 0, 0, 0, 0, 0, 0, 0, 0, 0)


def header_of(state: bytes) -> Header:
    """The derived part of a packed state."""
    return Header._make(HEADER.unpack_from(state))


def marks_of(state: bytes) -> list[Mark]:
    """All marks in canonical order."""
    rows = MARK.iter_unpack(state[HEADER.size : _end_of_marks(state)])
    return [tuple.__new__(Mark, row) for row in rows]


def codes_of(state: bytes) -> bytes:
    """The code of each mark in canonical order: all that many a question needs of them."""
    return state[HEADER.size + _CODE : _end_of_marks(state) : MARK.size]


def count_of(state: bytes) -> int:
    """How many marks there are, as `header_of(state).marks` says."""
    return state[2] | state[3] << 8


def _end_of_marks(state: bytes) -> int:
    return HEADER.size + MARK.size * count_of(state)


def references_of(state: bytes) -> dict[int, int]:
    """Fingerprint of an event → the event that it retracts, or the second that it promises."""
    return dict(REFERENCE.iter_unpack(state[_end_of_marks(state) :]))


def holds(state: bytes, fingerprint: int) -> bool:
    """Whether an event is already in the state."""
    return code_of(state, fingerprint) >= 0


def code_of(state: bytes, fingerprint: int) -> int:
    """The code under which an event is in the state; -1 if it is not.

    A source may tell one scan twice, with its code and without. Then the higher code stands (0 is
    unknown), whichever came first.
    """
    wanted = fingerprint.to_bytes(8, "little", signed=True)
    at = state.find(wanted, HEADER.size)
    if at < 0:
        return -1  # nearly always
    end = _end_of_marks(state)
    while 0 <= at < end:
        if (at - HEADER.size) % MARK.size == 0:
            return state[at + _CODE]
        at = state.find(wanted, at + 1)
    return -1


def pack(header: Header, marks: Iterable[Mark], references: dict[int, int]) -> bytes:
    """A state from its parts; the marks must be in canonical order."""
    body = b"".join(MARK.pack(*mark) for mark in marks)
    tail = b"".join(REFERENCE.pack(*pair) for pair in sorted(references.items()))
    return HEADER.pack(*header) + body + tail


def standing(marks: Iterable[Mark], references: dict[int, int]) -> Iterator[Mark]:
    """The marks that no standing retraction takes back.

    A retraction can itself be taken back; then what it had removed stands again.
    """
    marks = list(marks)
    if not any(mark.code != PROMISE and mark.fingerprint in references for mark in marks):
        return iter(marks)
    takers: dict[int, list[int]] = {}
    for mark in marks:
        if mark.code != PROMISE and mark.fingerprint in references:
            takers.setdefault(references[mark.fingerprint], []).append(mark.fingerprint)
    verdicts: dict[int, bool] = {}
    return (mark for mark in marks if _stands(mark.fingerprint, takers, verdicts))


def _stands(fingerprint: int, takers: dict[int, list[int]], verdicts: dict[int, bool]) -> bool:
    known = verdicts.get(fingerprint)
    if known is not None:
        return known
    # An id is a hash of what it retracts, so a circle cannot be made; this only bounds the walk.
    verdicts[fingerprint] = True
    verdict = not any(_stands(taker, takers, verdicts) for taker in takers.get(fingerprint, ()))
    verdicts[fingerprint] = verdict
    return verdict
