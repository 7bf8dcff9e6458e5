"""Clocks of devices that work offline: how far off they are, and what time it really was.

At a sync a device says what its clock shows; the difference to ours is its offset. Within a queue
its own numbering tells the order, so a clock that was set back shows, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

# Networks and clumsy clocks: less than this is no error worth setting right.
TOLERANCE_US = 30_000_000


class Corrected(NamedTuple):
    """`offset_us` was added to the device's time. `how`: `exact` (nothing to set right), `sync`
    (by the clock at the sync), `order` (set back since: by the scans around it, at the latest).
    """

    at_us: int
    offset_us: int
    how: Literal["exact", "sync", "order"]


def offset_us(sent_us: int, received_us: int, known_us: int | None = None) -> int:
    """Ours minus the device's. A known offset that still holds is kept, so that a queue that is
    sent again gets the same times.
    """
    now = received_us - sent_us
    if known_us is not None and abs(now - known_us) <= TOLERANCE_US:
        return known_us
    # To whole seconds: the rest is the network's.
    return 0 if abs(now) <= TOLERANCE_US else round(now / 1e6) * 1_000_000


def corrected(times_us: Sequence[int], offset: int) -> list[Corrected]:
    """The true times of a queue in the device's own order. `offset` holds at its end."""
    shifts = [0] * len(times_us)
    for index in range(len(times_us) - 2, -1, -1):
        back = times_us[index] - times_us[index + 1]
        # Later by number and earlier by clock: it was set back in between, at least by so much.
        shifts[index] = shifts[index + 1] - (back if back > TOLERANCE_US else 0)
    return [
        Corrected(at + offset + shift, offset + shift, _how(offset, shift))
        for at, shift in zip(times_us, shifts, strict=True)
    ]


def in_order(found: Sequence[Corrected]) -> bool:
    """Whether the true times follow the device's numbering, as far as clocks can tell."""
    return all(b.at_us >= a.at_us - TOLERANCE_US for a, b in pairwise(found))


def _how(offset: int, shift: int) -> Literal["exact", "sync", "order"]:
    if shift:
        return "order"
    return "sync" if offset else "exact"
