"""Room 5: a shipment and new events give a new shipment. Pure, and the law of the engine:

any order, any repetition and any split into batches of the same events give the same bytes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from milepost.domain.marks import (
    EMPTY,
    HEADER,
    MARK,
    PROMISE,
    VERSION,
    Header,
    Mark,
    code_of,
    marks_of,
    pack,
    references_of,
    standing,
)
from milepost.domain.settle import ASK, MAIN, MOVE, PLAIN, STAY, Standing, settle, step

_NO_REFERENCES: Mapping[int, int] = {}
_READ_AGAIN = {"delivered", "returned"}


def advance(
    state: bytes | None,
    marks: Sequence[Mark],
    references: Mapping[int, int] = _NO_REFERENCES,
) -> bytes:
    """The state with `marks` in it; those it holds already change nothing.

    `references` gives, for a mark that retracts an event, the fingerprint of that event, and for
    a promise the promised second.
    """
    if state is None:
        state = EMPTY
    for index, mark in enumerate(marks):
        if mark.fingerprint in references:
            return _rebuilt(state, marks[index:], references)
        follower = _followed(state, mark)
        if follower is None:
            return _rebuilt(state, marks[index:], references)
        state = follower
    return state


def merge(one: bytes, other: bytes) -> bytes:
    """The state of two shipments that turn out to be one: the union of their events."""
    return _rebuilt(one, marks_of(other), references_of(other))


def _followed(state: bytes, mark: Mark) -> bytes | None:
    """The state with a mark at its end, or None where the road has to be read again."""
    known = code_of(state, mark.fingerprint)
    if known >= 0:
        return state if known >= mark.code else None
    return follow(state, mark)


def follow(state: bytes, mark: Mark) -> bytes | None:
    """As `advance`, for one mark without reference that the state is known not to hold; None
    where that does not suffice and the road has to be read again.
    """
    _, code, count, extras, since_s, last_s, because, leg, flags, tries = HEADER.unpack_from(state)
    if extras or MAIN[code] in _READ_AGAIN:
        return None
    fingerprint, at_s, its_leg, its_code, _ = mark
    # Without references every mark is a status, so the newest of them is the last.
    if at_s <= last_s and count:
        last = MARK.unpack_from(state, len(state) - MARK.size)
        if (last[1], last[3], last[0]) >= (at_s, its_code, fingerprint):
            return None
    way = PLAIN[code][its_code] if because else ASK  # the table supposes a status that was taken
    if way == MOVE:
        code, since_s, because, leg = its_code, at_s, fingerprint, its_leg
    elif way == STAY:
        code, because, leg = its_code, fingerprint, its_leg
    elif way == ASK:
        now = Standing(code, since_s, because, leg, flags, tries)
        code, since_s, because, leg, flags, tries = step(now, mark, known_leg=True)
    head = HEADER.pack(VERSION, code, count + 1, 0, since_s, at_s, because, leg, flags, tries)
    return head + state[HEADER.size :] + MARK.pack(*mark)


def _rebuilt(state: bytes, marks: Sequence[Mark], references: Mapping[int, int]) -> bytes:
    known = references_of(state)
    road = marks_of(state)
    seen = {mark.fingerprint: mark for mark in road}
    for mark in marks:
        twin = seen.get(mark.fingerprint)
        if twin is not None:
            if twin.code >= mark.code:
                continue
            del road[bisect_left(road, twin.order, key=_order)]
        seen[mark.fingerprint] = mark
        road.insert(bisect_left(road, mark.order, key=_order), mark)
        if mark.fingerprint in references:
            known[mark.fingerprint] = references[mark.fingerprint]
    return fold(road, known)


def _order(mark: Mark) -> tuple[int, int, int]:
    return (mark[1], mark[3], mark[0])


def fold(road: Sequence[Mark], references: dict[int, int]) -> bytes:
    """The packed state of marks in canonical order."""
    valid = [mark for mark in standing(road, references) if mark.code < PROMISE]
    now = settle(valid)
    last_s = valid[-1].at_s if valid else 0
    header = Header(
        VERSION, now.code, len(road), len(references), now.since_s, last_s, now.because,
        now.leg, now.flags, now.attempts,
    )  # fmt: skip
    return pack(header, road, references)
