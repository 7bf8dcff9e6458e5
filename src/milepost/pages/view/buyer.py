"""Everything that one parcel's page shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct

from milepost.domain.status import STATUSES
from milepost.domain.track import Forecast, Track
from milepost.locale import dates
from milepost.pages.ports import ColdChain
from milepost.pages.view.arrival import Sentence
from milepost.pages.view.bars import Bars, bars
from milepost.pages.view.boxes import ParcelsView, parcels
from milepost.pages.view.care import GoodsView, Measured, care_view
from milepost.pages.view.cold import CurveView, cold_view
from milepost.pages.view.due import due
from milepost.pages.view.foretold import ForetoldLine, foretells, foretold
from milepost.pages.view.headline import headline
from milepost.pages.view.history import History, history
from milepost.pages.view.holdups import HoldUp, holdups
from milepost.pages.view.notices import Notice, notices
from milepost.pages.view.pickup import Pickup, waits, without_codes
from milepost.pages.view.reader import Reader, on_the_road_of
from milepost.pages.view.road import LegView, legs
from milepost.pages.view.road_map import MapView, map_view
from milepost.pages.view.steps import Step, steps
from milepost.pages.view.times import Stamp, parse
from milepost.pages.view.tone import tone_of

_DAYS_BEYOND_DOUBT = 2
_JUST_NOW = timedelta(minutes=1)


class BuyerView(Struct, frozen=True, kw_only=True):
    """The parts of the page in reading order."""

    number: str
    carrier: str | None
    status: str
    tone: str
    sentence: Sentence
    last_seen: str | None
    notices: list[Notice]
    holdups: list[HoldUp]
    steps: tuple[Step, ...]
    legs: list[LegView]
    parcels: ParcelsView | None
    history: History
    route: str | None
    service: str | None
    synthetic: bool
    live: bool
    pickup: Pickup | None = None
    map: MapView | None = None
    cold: CurveView | None = None
    time_note: str | None = None
    dated: bool = False
    bars: Bars | None = None
    goods: list[GoodsView] = []
    foretells: bool = False
    foretold: list[ForetoldLine] | None = None


def buyer_view(
    track: Track, reader: Reader, pickup: Pickup | None = None, cold: ColdChain | None = None,
    forecasts: Sequence[Forecast] | None = None,
) -> BuyerView:  # fmt: skip
    """The view of a track for a reader. Nothing in it that names a person or an order, and no
    pick-up code unless `pickup` says that the reader has proved himself. `forecasts`: of who asks
    how the date has changed.
    """
    status = STATUSES.get(track.status.sub)
    reader = on_the_road_of(track, reader)
    pickup = pickup or Pickup(None, proven=False, sends=False)
    if not pickup.proven:
        track = without_codes(track)
    curve = cold_view(cold, reader) if cold else None
    return BuyerView(
        number=track.number,
        carrier=reader.carrier(track.carrier),
        status=reader.status(track.status.sub),
        tone=tone_of(track.status.sub),
        sentence=headline(track, reader),
        last_seen=last_seen(track, reader),
        notices=_unless_told(notices(track, reader), pickup if waits(track) else None),
        holdups=holdups(track, reader),
        steps=steps(track, reader),
        legs=legs(track, reader),
        parcels=parcels(track, reader),
        history=history(track, reader),
        route=_route(track, reader),
        service=track.service,
        synthetic=track.synthetic,
        live=not (track.sealed or (status is not None and status.final)),
        pickup=pickup if waits(track) else None,
        map=map_view(track, reader),
        cold=curve,
        time_note=_time_note(reader),
        dated=due(track, reader) is not None,
        bars=bars(track.number),
        goods=care_view(track, reader, Measured(cold, curve)),
        foretells=foretells(track),
        foretold=None if forecasts is None else foretold(forecasts, reader),
    )


def _unless_told(found: list[Notice], pickup: Pickup | None) -> list[Notice]:
    """Beside the pick-up code itself nobody needs to read where codes are found."""
    shown = pickup is not None and pickup.code is not None
    return [one for one in found if one.severity != "info"] if shown else found


def _time_note(reader: Reader) -> str | None:
    if reader.zone is None:
        return None
    city = dates.city_of(reader.zone.key, reader.locale)
    return reader.text("choice.time_note", zone=city)


def last_seen(track: Track, reader: Reader) -> str | None:
    """Where and how long ago the last scan was; None once the road has ended."""
    status = STATUSES.get(track.status.sub)
    if not track.events or (status is not None and status.final):
        return None
    event = track.events[-1]
    ago = _ago(parse(event.occurred_at, event.time_quality), reader)
    place = reader.place(event.place)
    if place is None:
        return reader.text("time.last_seen", ago=ago)
    return reader.text("time.last_seen_at", place=place, ago=ago)


def _ago(stamp: Stamp, reader: Reader) -> str:
    """Hours only where the instant is known (a bare wall clock may be 14 hours off); a scan that
    a fast clock dated ahead is not called future.
    """
    span = stamp.since(reader.now)
    exact = stamp.clock is not None and stamp.offset is not None
    if exact and span < _JUST_NOW:
        return reader.text("time.just_now")
    if exact or span.days >= _DAYS_BEYOND_DOUBT:
        return dates.ago(span, reader.locale)
    return dates.weekday_short(stamp.day, reader.locale, stamp.today(reader.now))


def _route(track: Track, reader: Reader) -> str | None:
    origin, destination = reader.place(track.origin), reader.place(track.destination)
    if origin is None or destination is None:
        return None
    return reader.text("buyer.route_value", origin=origin, destination=destination)
