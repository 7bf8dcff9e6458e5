"""Reads the common shape of tracking answers (shipments that hold events) by a table of paths."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from msgspec import Struct

from milepost.carriers.toolkit.collect import Collector, ScanError
from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault, tell_faults
from milepost.carriers.toolkit.payload import need_number, rows_at
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.promises import latest, promise
from milepost.carriers.toolkit.times import When, best_when, in_zone, join_when, need_when
from milepost.carriers.toolkit.tree import as_text, dig, text_of
from milepost.domain.place import Place
from milepost.domain.scan import ParseContext, Scan

Paths = tuple[str, ...]


class Wire(Struct, frozen=True, kw_only=True):
    """One payload form. Paths are those of `payload.rows_at` and `tree.dig`; of several, the first
    that holds something counts. `time` fields hold the same moment (the one with an offset wins);
    with `date` and `clock` it stands in two. Functions read what no path can tell.

    An aggregator has `carriers`, which maps its names of carriers (lower case) to our slugs, and
    `carrier_of`, where such a name stands in a shipment or an event.
    """

    carrier: str
    carriers: dict[str, str] | None = None
    carrier_of: Paths = ()
    shipments: Paths
    number: Paths
    events: Paths
    time: Paths = ()
    date: str = ""
    clock: str = ""
    zone: Paths = ()
    formats: tuple[str, ...] = ()
    code: Paths = ()
    text: Paths = ()
    place: Where = Where()
    faults: tuple[Fault, ...] = ()
    shipment_faults: tuple[Fault, ...] = ()
    earliest: Paths = ()
    latest: Paths = ()
    facts: FactPaths = FactPaths()
    read_time: Callable[[Any], When] | None = None
    read_code: Callable[[Any], str | None] | None = None
    read_text: Callable[[Any], str | None] | None = None
    read_place: Callable[[Any], Place | None] | None = None
    read_window: Callable[[Any], tuple[When | None, When | None]] | None = None
    is_event: Callable[[Any], bool] | None = None

    def walk(self, data: Any, out: Collector, context: ParseContext) -> None:
        """Gathers all shipments and error messages of the payload."""
        tell_faults(data, self.faults, out)
        for path in self.shipments:
            rows = rows_at(data, path)
            if rows:
                out.each(rows, path or "payload", partial(self._shipment, out, context))
                return

    def _shipment(self, out: Collector, context: ParseContext, row: Any) -> None:
        faults = tell_faults(row, self.shipment_faults, out)
        events = rows_at(row, *self.events)
        if faults and not events:
            return
        number = need_number(row, self.number, context)
        start, carrier = len(out.scans), self._carrier(row, None)
        where = f"{number}: {self.events[0] or 'event'}"
        out.each(events, where, partial(self._scan, number, carrier))
        if facts := self.facts.read(row, number, carrier):
            out.facts.append(facts)
        made_at = latest((scan.occurred_at for scan in out.scans[start:]), context.received_at)
        if said := promise(number, made_at, *self._window(row), carrier=carrier):
            out.scans.append(said)

    def _carrier(self, row: Any, otherwise: str | None) -> str | None:
        if self.carriers is None:
            return self.carrier
        name = text_of(row, *self.carrier_of)
        return self.carriers.get(name.casefold()) if name else otherwise

    def _window(self, row: Any) -> tuple[When | None, When | None]:
        if self.read_window:
            return self.read_window(row)
        return (
            best_when(*(dig(row, path) for path in self.earliest), formats=self.formats),
            best_when(*(dig(row, path) for path in self.latest), formats=self.formats),
        )

    def _scan(self, number: str, carrier: str | None, row: Any) -> Scan | None:
        if not isinstance(row, dict):
            raise ScanError("not an object")
        if self.is_event and not self.is_event(row):
            return None
        when = self.read_time(row) if self.read_time else self._time(row)
        code = self.read_code(row) if self.read_code else text_of(row, *self.code)
        text = self.read_text(row) if self.read_text else text_of(row, *self.text)
        return Scan(
            number=number,
            occurred_at=when.at,
            date_only=when.date_only,
            carrier=self._carrier(row, carrier),
            code=code,
            code_set=self.carrier if code else None,
            text=_one_line(text),
            place=self.read_place(row) if self.read_place else self.place.read(row),
        )

    def _time(self, row: Any) -> When:
        zone = next((value for path in self.zone if (value := as_text(dig(row, path)))), None)
        if not self.date:
            return in_zone(
                need_when(*(dig(row, path) for path in self.time), formats=self.formats), zone
            )
        date, clock = dig(row, self.date), dig(row, self.clock)
        when = join_when(date, clock, zone, self.formats)
        if when is None:
            raise ScanError(f"not a time: {date} {clock}"[:90])
        return when


def _one_line(text: str | None) -> str | None:
    # pretty-printed XML breaks sentences anywhere; the words are what the source said
    return " ".join(text.split()) if text and "\n" in text else text
