"""Who carried it when."""

from __future__ import annotations

from msgspec import Struct

from milepost.domain.track import Leg, Track
from milepost.pages.view.reader import Reader
from milepost.pages.view.times import day_text


class LegView(Struct, frozen=True):
    """One carrier's stretch. `span` is its days in words."""

    carrier: str
    number: str
    status: str
    span: str | None
    current: bool


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
    start, end = (day_text(text, reader) for text in (leg.started_at, leg.ended_at))
    if start and end and start != end:
        return reader.text("buyer.leg_dates", **{"from": start, "to": end})
    if start and not end:
        return reader.text("buyer.leg_since", **{"from": start})
    return start or end
