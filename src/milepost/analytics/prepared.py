"""Rows of roads that somebody else has read already, until their turn in the table comes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from milepost.analytics.journey import Box, is_over, journey_of
from milepost.analytics.reading import Line
from milepost.analytics.table import Row
from milepost.domain.whole import Whole
from milepost.engine.rows import Link

MOST = 20_000


class _Made(NamedTuple):
    state: bytes
    link: Link | None
    row: Row


class Prepared:
    """A state is a function of the events, so a row fits a line of the same state. Nothing tells of
    which facts it was made, so it is dropped where new ones have come.
    """

    def __init__(
        self,
        link_of: Callable[[int], Link | None] = lambda _: None,
        awaits: Callable[[int], bool] = lambda _: False,
        most: int = MOST,
    ) -> None:
        """`link_of`: the place of a road's first number in its shipment. `awaits`: whether a road
        will be read by somebody else soon.
        """
        self.awaits = awaits
        self._link_of = link_of
        self._most = most
        self._made: OrderedDict[int, _Made] = OrderedDict()
        # Roads that may just be being read without their newest facts.
        self._outdated: set[int] = set()

    def put(self, tenant: int, road: int, number: str, whole: Whole) -> None:
        """A road has been read; only one that is over has a row."""
        self._made.pop(road, None)
        view = whole.shipment
        outdated = road in self._outdated
        self._outdated.discard(road)
        if outdated or not is_over(view.header.code):
            return
        link = self._link_of(road)
        events = {event.fingerprint: event for event in whole.events}
        shipment, number, box = (
            (link.shipment, link.number, link.box) if link is not None else (road, number, 1)
        )
        row = journey_of(Box(
            tenant, road, shipment, number, box, None, view, view.marks, events, whole.facts
        ))  # fmt: skip
        if row[0].carrier is None or row[0].last_carrier is None:
            return  # the list of shipments may know one
        self._made[road] = _Made(view.state, link, row)
        if len(self._made) > self._most:
            self._made.popitem(last=False)

    def clear(self) -> None:
        """Nobody knows any more which facts have come since."""
        self._made.clear()

    def drop(self, road: int) -> None:
        """Facts of this road have come."""
        self._made.pop(road, None)
        if self.awaits(road) and len(self._outdated) < self._most:
            self._outdated.add(road)

    def take(self, line: Line) -> Row | None:
        """The row of this very line."""
        made = self._made.pop(line.id, None)
        if made is None or made.state != line.state or made.link != self._link_of(line.id):
            return None
        return made.row
