"""The labelled steps of the road: never a percentage."""

from __future__ import annotations

from msgspec import Struct

from milepost.domain.status import STATUSES
from milepost.domain.track import Track
from milepost.locale import dates
from milepost.pages.view.reader import Reader
from milepost.pages.view.times import parse

_MILESTONES = (
    ("info_received",),
    ("picked_up",),
    ("in_transit", "customs"),
    ("out_for_delivery", "available_for_pickup"),
    ("delivered",),
)
_LABELS = ("ordered", "picked_up", "on_the_way", "near", "done")
_RETURN_LABELS = ("ordered", "picked_up", "on_the_way", "going_back", "returned")


class Step(Struct, frozen=True):
    """`state` is `reached`, `current` or `open`; `trouble` marks the current one."""

    label: str
    state: str
    day: str | None
    trouble: bool


def steps(track: Track, reader: Reader) -> tuple[Step, ...]:
    """Five steps, none where nothing is known of the parcel yet."""
    status = STATUSES.get(track.status.sub)
    if status is None or status.main in ("unknown", "pending", "expired"):
        return ()
    at = _reached(track)
    arrived = status.main in ("delivered", "returned")
    return tuple(
        Step(
            label=label,
            state=_state(index, at, arrived),
            day=_day(index, track, reader) if index <= at else None,
            trouble=status.trouble and index == at,
        )
        for index, label in enumerate(_labels(track, reader))
    )


def _reached(track: Track) -> int:
    main = track.status.main
    if main in ("returning", "returned"):
        return 3 if main == "returning" else 4
    known = [STATUSES[track.status.sub].step]
    known += [
        n
        for n, mains in enumerate(_MILESTONES[:4])
        for row in track.milestones
        if row.main in mains
    ]
    return max(known)


def _labels(track: Track, reader: Reader) -> list[str]:
    if track.status.main in ("returning", "returned"):
        return [reader.text(f"step.{name}") for name in _RETURN_LABELS]
    labels = list(_LABELS)
    if track.status.main == "available_for_pickup":
        labels[3] = "collect"
    return [reader.text(f"step.{name}") for name in labels]


def _state(index: int, at: int, arrived: bool) -> str:
    if index == at:
        return "reached" if arrived else "current"
    return "reached" if index < at else "open"


def _day(index: int, track: Track, reader: Reader) -> str | None:
    mains = _MILESTONES[index]
    if track.status.main in ("returning", "returned") and index > 2:
        mains = (("returning",), ("returned",))[index - 3]
    times = [row.at for row in track.milestones if row.main in mains]
    if not times:
        return None
    stamp = parse(times[0])
    return dates.short(stamp.day, reader.locale, stamp.today(reader.now))
