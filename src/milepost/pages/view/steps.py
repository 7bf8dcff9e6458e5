"""The labelled steps of the road: never a percentage."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

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
_CUSTOMS_AT = 3
_BEYOND_CUSTOMS = ("in_transit.arrived_dest_city", "in_transit.arrived_dest_station")


class Step(Struct, frozen=True):
    """`state` is `reached`, `current` or `open`; `trouble` marks the current one."""

    label: str
    state: str
    day: str | None
    trouble: bool


def steps(track: Track, reader: Reader) -> tuple[Step, ...]:
    """Five steps or, with customs, six; none where nothing is known of the parcel yet."""
    status = STATUSES.get(track.status.sub)
    if status is None or status.main in ("unknown", "pending", "expired"):
        return ()
    at = reached(track)
    arrived = status.main in ("delivered", "returned")
    found = _of_the_road(track, reader, at, arrived=arrived, trouble=status.trouble)
    customs = _customs(track, reader, at)
    return found if customs is None else _with_customs(found, customs, _onwards(track, reader))


def _of_the_road(
    track: Track, reader: Reader, at: int, *, arrived: bool, trouble: bool
) -> tuple[Step, ...]:
    return tuple(
        Step(
            label=label,
            state=_state(index, at, arrived),
            day=_day(index, track, reader) if index <= at else None,
            trouble=trouble and index == at,
        )
        for index, label in enumerate(_labels(track, reader))
    )


def _customs(track: Track, reader: Reader, at: int) -> Step | None:
    """A step of its own on a road that has met customs; None where it has not, or turns back."""
    met = [event for event in track.events if event.main == "customs"]
    if not met or track.status.main in ("returning", "returned"):
        return None
    released = any(event.sub == "customs.released" for event in met)
    beyond = at > 2 or any(event.sub in _BEYOND_CUSTOMS for event in track.events)
    status = STATUSES.get(track.status.sub)
    here = track.status.main == "customs" and track.status.sub != "customs.released"
    stamp = parse(met[-1].occurred_at, met[-1].time_quality)
    return Step(
        label=reader.text("step.customs"),
        state="current" if here else "reached" if released or beyond else "open",
        day=dates.short(stamp.day, reader.locale, stamp.today(reader.now)),
        trouble=here and status is not None and status.trouble,
    )


def _with_customs(steps: tuple[Step, ...], customs: Step, onwards: str | None) -> tuple[Step, ...]:
    """Customs stands after the way while it is ahead or at work, and before the way that the
    parcel has gone on since (`onwards` is the day); the parcel is at one step only.
    """
    before, way, after = steps[: _CUSTOMS_AT - 1], steps[_CUSTOMS_AT - 1], steps[_CUSTOMS_AT:]
    if customs.state == "open":
        return (*before, way, replace(customs, day=None), *after)
    if customs.state == "reached" and onwards is not None:
        return (*before, customs, replace(way, day=onwards), *after)
    if way.state == "current":
        trouble = customs.trouble or way.trouble
        customs = replace(customs, state="current", trouble=trouble)
        way = replace(way, state="reached", trouble=False)
    return (*before, way, customs, *after)


def _onwards(track: Track, reader: Reader) -> str | None:
    """The day on which the parcel first moved after customs let it go."""
    released = False
    for event in track.events:
        if released and event.main == "in_transit":
            stamp = parse(event.occurred_at, event.time_quality)
            return dates.short(stamp.day, reader.locale, stamp.today(reader.now))
        released = released or event.sub == "customs.released"
    return None


def reached(track: Track) -> int:
    """How many steps are behind it, by the furthest that was ever told."""
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
    if track.status.sub == "out_for_delivery.appointment":
        labels[3] = "appointment"
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
