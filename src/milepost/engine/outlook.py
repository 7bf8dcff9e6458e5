"""What lists tell of a shipment's road ahead: where it goes, and when it comes."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from milepost.domain.place import Place
from milepost.domain.status import MAIN_CODE
from milepost.domain.track import Arrival
from milepost.domain.whole import Whole
from milepost.engine.arrival import arrival_of
from milepost.engine.foreseen import arrival
from milepost.eta.facts import Window

OVER = frozenset({"delivered", "returned", "returning", "expired"})
_A_DAY = timedelta(hours=23, minutes=59)


class Outlook(Struct, frozen=True, kw_only=True):
    """`last_s`: of the newest event that it rests on; `comes_s`: the end of the arrival window,
    None where nobody knows one or the road is over. Times are seconds since 1970.
    """

    main: int
    trouble: bool
    last_s: int
    destination: Place | None = None
    arrival: Arrival | None = None
    comes_s: int | None = None


def outlook_of(whole: Whole, window: Window | None, now_s: int, *, alerts: bool) -> Outlook:
    """`window`: what foresight says, as the shipment's page would show it; `alerts`: whether any
    stands.
    """
    shipment, destination = whole.shipment, _bare(whole.facts.destination)
    coming = None if shipment.main in OVER else _coming(whole, window, now_s)
    return Outlook(
        main=MAIN_CODE[shipment.main], trouble=alerts or shipment.status.trouble,
        last_s=shipment.last_s, destination=destination, arrival=coming,
        comes_s=None if coming is None else _end_s(coming),
    )  # fmt: skip


def _coming(whole: Whole, window: Window | None, now_s: int) -> Arrival | None:
    """As `Queries` chooses: a promise says more than a guess, until it is broken."""
    promise, destination = arrival_of(whole.events, whole.facts, {}), whole.facts.destination
    broken = (whole.shipment.promised_s or now_s) < now_s
    kept = promise is not None and not broken
    if window is None or (window.guess and (kept or destination is None)):
        return promise
    return arrival(window, destination)


def _end_s(coming: Arrival) -> int:
    last = datetime.fromisoformat(coming.latest)
    if coming.date_only and (last.hour, last.minute) == (0, 0):
        last += _A_DAY
    return int(last.timestamp())


def _bare(place: Place | None) -> Place | None:
    """Without what would tell whose house it is."""
    if place is None or place.label is None:
        return None
    return Place(name=place.name, facility=place.facility, city=place.city, region=place.region,
                 country=place.country)  # fmt: skip
