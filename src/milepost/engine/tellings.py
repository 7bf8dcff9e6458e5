"""One scan that several sources tell of stands once in the history.

A parcel is often followed through an aggregator and by its carrier at once. Their words, spellings
of places and codes differ, so the journal keeps each; a reader wants to see what happened. Pure: a
function of the set of events.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from milepost.domain.event import Event
from milepost.domain.moment import TimeQuality
from milepost.domain.place import as_place
from milepost.domain.scan import id_text
from milepost.domain.settle import MAIN
from milepost.domain.status import BY_CODE, UNKNOWN

MINUTE_US = 60_000_000
_DATE_ONLY = int(TimeQuality.date_only)
_UNTOLD = UNKNOWN.main
# Subs that say no more than their main status.
_NO_MORE = frozenset({"in_transit.moving", "exception.general", "info_received.created"})
Key = tuple[str, str, int, bool, bool]


def told_together(
    events: Sequence[Event], apart: Collection[int] = ()
) -> list[tuple[Event, list[Event]]]:
    """Each scan's best telling with the others of it, in the order of the events. Fingerprints of
    `apart` stand alone.
    """
    if len({event.body.source for event in events}) < 2:
        return [(event, []) for event in events]
    scans: dict[Key, list[list[Event]]] = {}
    best: dict[int, list[Event]] = {}
    for event in events:
        if event.fingerprint in apart:
            best[event.fingerprint] = []
        else:
            _join(scans.setdefault(_key(event), []), event)
    for one in (one for alike in scans.values() for one in alike):
        first, *others = sorted(one, key=_rank)
        best[first.fingerprint] = others
    return [(event, best[event.fingerprint]) for event in events if event.fingerprint in best]


def stand_ins(told: Iterable[tuple[Event, list[Event]]]) -> dict[str, str]:
    """Id → id of the telling that stands in the history for it, where that is another."""
    return {
        id_text(other.fingerprint): id_text(event.fingerprint)
        for event, others in told
        for other in others
    }


def _key(event: Event) -> Key:
    """What tellings of one scan have in common: a number, a main status, a minute or a day."""
    dated = event.quality == _DATE_ONLY
    main = MAIN[event.code] or _UNTOLD
    when = event.at_us if dated else event.at_us // MINUTE_US
    return event.body.number, main, when, dated, event.offset_min is None


def _join(alike: list[list[Event]], event: Event) -> None:
    for scan in alike:
        if all(_agree(event, other) for other in scan):
            scan.append(event)
            return
    alike.append([event])


def _agree(one: Event, other: Event) -> bool:
    """Whether two sources may speak of one scan. What one source says twice happened twice."""
    if one.body.source == other.body.source or MAIN[one.code] in (None, _UNTOLD):
        return False
    if one.reference is not None or other.reference is not None:
        return False
    if one.body.device and other.body.device and one.body.device != other.body.device:
        return False
    carriers = {one.body.carrier, other.body.carrier} - {None}
    exact = one.at_us == other.at_us
    rounded = one.at_us % MINUTE_US == 0 or other.at_us % MINUTE_US == 0
    if len(carriers) > 1 or not (exact or rounded) or not _same_status(one, other):
        return False
    return _same_place(one, other) or (exact and one.at_us % MINUTE_US != 0)


def _same_status(one: Event, other: Event) -> bool:
    """A coarse code says nothing against a finer one."""
    return one.code == other.code or _coarse(one) or _coarse(other)


def _coarse(event: Event) -> bool:
    status = BY_CODE.get(event.code)
    return status is None or status.sub == status.main or status.sub in _NO_MORE


def _same_place(one: Event, other: Event) -> bool:
    here, there = _label(one), _label(other)
    return not here or not there or here in there or there in here


def _label(event: Event) -> str:
    place = as_place(event.body.place)
    return "" if place is None else (place.label or "").casefold()


def _rank(event: Event) -> tuple[bool, bool, bool, int, str, int]:
    """The finest first: by status, device, place, words."""
    body = event.body
    return (
        _coarse(event), body.device is None, body.place is None, -len(body.text or ""),
        body.source, event.fingerprint,
    )  # fmt: skip
