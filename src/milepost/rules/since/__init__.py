"""Since when: what the rules count from. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from milepost.domain.marks import PROMISE, Mark
from milepost.domain.settle import MAIN
from milepost.domain.shipment import Shipment
from milepost.domain.status import BY_CODE, UNKNOWN

# Who announces a label has not seen the parcel. What nobody could read is a scan all the same.
_EARLY = {"pending", "info_received", "unknown"}
_ANNOUNCES = [
    code >= PROMISE or (MAIN[code] in _EARLY and code != UNKNOWN.code) for code in range(256)
]
# Where a state without references has its last mark's code: its quality is the last byte.
_LAST_CODE = -2


def announces(code: int) -> bool:
    """Whether a mark only tells of a parcel that nobody has in hands: a label, a promise."""
    return _ANNOUNCES[code]


def seen_s(shipment: Shipment) -> int:
    """When the parcel was last in somebody's hands; the last news of it where it never was.

    A shipment that is registered after its first scans is not moved by that.
    """
    if not shipment.header.references and not _ANNOUNCES[shipment.state[_LAST_CODE]]:
        return shipment.last_s  # nearly every road, and asked for every scan
    told = (mark.at_s for mark in reversed(shipment.marks) if not _ANNOUNCES[mark.code])
    return next(told, shipment.last_s)


def run_since_s(shipment: Shipment, belongs: Callable[[str], bool]) -> int:
    """Since when all that has counted is of such subs; `last_s` where what counts now is not."""
    since_s = shipment.last_s
    for mark in _counted(shipment):
        if not belongs(BY_CODE[mark.code].sub):
            break
        since_s = mark.at_s
    return since_s


def _counted(shipment: Shipment) -> Iterator[Mark]:
    """The marks from the one that decides the status backwards, without those that say nothing."""
    marks = [mark for mark in shipment.marks if not _ANNOUNCES[mark.code]]
    while marks and marks[-1].fingerprint != shipment.header.because:
        marks.pop()
    return (mark for mark in reversed(marks) if mark.code != UNKNOWN.code)
