"""What an aggregator knows of one parcel when it pushes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from milepost.demo.lane import Lane, Leg
from milepost.demo.tables import table
from milepost.demo.travel import Event


class Trace(Struct, frozen=True):
    """One event with the words in which it is told. `local` has the place's offset."""

    event: Event
    leg: Leg
    text: str
    local: datetime

    @property
    def place_name(self) -> str:
        """The place as a line of text."""
        place = self.event.stop.place
        return place.facility or place.city or ""


class Push(Struct, frozen=True):
    """All traces so far, oldest first, and when they are pushed (UTC)."""

    lane: Lane
    order_number: str
    weight_g: int
    traces: tuple[Trace, ...]
    at: datetime

    @property
    def leg(self) -> Leg:
        """The leg whose number the push is about."""
        return self.lane.legs[0]

    @property
    def promised(self) -> datetime:
        """The day on which the aggregator says that the parcel comes, at six in the evening."""
        days = 9 if self.lane.market == "export" else 3
        day = self.traces[0].local + timedelta(days=days)
        return day.replace(hour=18, minute=0, second=0)


def code_of(vendor: str, event: Event) -> str:
    """The vendor's own code of an event; KeyError if it has none."""
    return str(table("wire")["codes"][event.sub][vendor])


def carrier_of(vendor: str, leg: Leg) -> Any:
    """The vendor's own code of the carrier; None if it does not know it."""
    return table("wire")["carriers"].get(leg.carrier.slug, {}).get(vendor)


def wall_clock(local: datetime) -> str:
    """`YYYY-MM-DD HH:MM:SS` without any offset, as the Chinese aggregators write it."""
    return f"{local:%Y-%m-%d %H:%M:%S}"
