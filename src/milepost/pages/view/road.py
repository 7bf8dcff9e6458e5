"""Who carried it when, and the boxes it travels in."""

from __future__ import annotations

from msgspec import Struct

from milepost.domain.track import Leg, Track
from milepost.locale import dates
from milepost.pages.view.reader import Reader
from milepost.pages.view.times import parse
from milepost.pages.view.tone import tone_of


class LegView(Struct, frozen=True):
    """One carrier's stretch. `span` is its days in words."""

    carrier: str
    number: str
    status: str
    span: str | None
    current: bool


class ParcelView(Struct, frozen=True):
    """One box: which of how many, its numbers, its own status."""

    label: str
    numbers: list[str]
    status: str
    tone: str
    since: str | None


def legs(track: Track, reader: Reader) -> list[LegView]:
    """The legs in the order travelled; none where one carrier has it all the way."""
    if len({leg.carrier for leg in track.legs}) < 2:
        return []
    started = [index for index, leg in enumerate(track.legs) if leg.started_at]
    now = started[-1] if started else 0
    return [_leg(leg, index == now, reader) for index, leg in enumerate(track.legs)]


def _leg(leg: Leg, current: bool, reader: Reader) -> LegView:
    carrier = reader.carrier(leg.carrier) or reader.text("buyer.leg_unknown_carrier")
    ahead = not leg.started_at and leg.main == "unknown"
    status = reader.text("buyer.leg_ahead") if ahead else reader.status(leg.sub)
    return LegView(carrier, leg.number, status, _span(leg, reader), current)


def _span(leg: Leg, reader: Reader) -> str | None:
    start, end = (_day(text, reader) for text in (leg.started_at, leg.ended_at))
    if start and end and start != end:
        return reader.text("buyer.leg_dates", **{"from": start, "to": end})
    if start and not end:
        return reader.text("buyer.leg_since", **{"from": start})
    return start or end


def _day(text: str | None, reader: Reader) -> str | None:
    if text is None:
        return None
    stamp = parse(text)
    return dates.short(stamp.day, reader.locale, stamp.today(reader.now))


def parcels(track: Track, reader: Reader) -> list[ParcelView]:
    """One card per box; none where there is only one."""
    total = len(track.parcels)
    if total < 2:
        return []
    return [
        ParcelView(
            label=reader.text("buyer.parcel_of", index=parcel.index, total=total),
            numbers=parcel.numbers,
            status=reader.status(parcel.status.sub),
            tone=tone_of(parcel.status.sub),
            since=_day(parcel.status.since, reader),
        )
        for parcel in track.parcels
    ]
