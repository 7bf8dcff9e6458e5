"""The events of one box under all its numbers, folded."""

from __future__ import annotations

from collections.abc import Sequence

from milepost.domain.advance import fold
from milepost.domain.event import Event, is_status, mark_of
from milepost.domain.marks import PROMISE, Mark, header_of, standing
from milepost.domain.scan import Facts, id_text
from milepost.domain.settle import MAIN
from milepost.domain.shipment import Shipment
from milepost.domain.track import Milestone, StatusView
from milepost.domain.whole import Whole
from milepost.engine.timeline import time_text


class Road:
    """`marks` are the standing ones in canonical order; `taken_back` says by which event each
    retracted one is. Events must be given once each (see `told_once`).
    """

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = {event.fingerprint: event for event in events}
        references = {e.fingerprint: e.reference for e in events if e.reference is not None}
        marks = sorted(map(mark_of, events), key=_order)
        self.state = fold(marks, references)
        self.marks: list[Mark] = list(standing(marks, references)) if references else marks
        self.taken_back = self._taken_back(references) if references else {}
        self.shipment = Shipment(self.state)

    def _taken_back(self, references: dict[int, int]) -> dict[int, int]:
        return {
            references[mark.fingerprint]: mark.fingerprint
            for mark in self.marks
            if mark.code != PROMISE and mark.fingerprint in references
        }

    def status(self) -> StatusView:
        """The status of the box, with the events that it rests on."""
        header = header_of(self.state)
        status = self.shipment.status
        deciding = self.events.get(header.because)
        since = self._since(header.since_s, self.shipment.main)
        because = [id_text(deciding.fingerprint)] if deciding else []
        if since and deciding and since.fingerprint != deciding.fingerprint:
            because.insert(0, id_text(since.fingerprint))
        first = since or deciding
        at = time_text(first) if first else None
        return StatusView(main=self.shipment.main, sub=status.sub, since=at, because=because)

    def _since(self, since_s: int, main: str) -> Event | None:
        """The event that began the present main status."""
        for mark in self.marks:
            if mark.at_s == since_s and MAIN[mark.code] == main:
                return self.events[mark.fingerprint]
        return None

    def weighed_g(self) -> int | None:
        """What it weighed when it was last put on a scale."""
        for mark in reversed(self.marks):
            measured = self.events[mark.fingerprint].body.measurements
            if measured and type(found := measured.get("weight_g")) is int and found > 0:
                return found
        return None

    def milestones(self) -> list[Milestone]:
        """The first standing event of every main status, in the order of time."""
        first: dict[str, int] = {}
        for mark in self.marks:
            main = MAIN[mark.code]
            if main not in first and is_status(mark.code) and main != "unknown":
                first[main] = mark.fingerprint
        return [
            Milestone(main=main, at=time_text(self.events[one]), event=id_text(one))
            for main, one in first.items()
        ]

    def whole(self, facts: Facts) -> Whole:
        """The same with all that was said of it."""
        return Whole(self.shipment, tuple(self.events[mark[0]] for mark in self.marks), facts)


def _order(mark: Mark) -> tuple[int, int, int]:
    return (mark[1], mark[3], mark[0])


def told_once(events: Sequence[Event]) -> list[Event]:
    """Of a scan that was told with its code and without, what stands; see `marks.code_of`."""
    best: dict[int, Event] = {}
    for event in events:
        twin = best.get(event.fingerprint)
        if twin is None or twin.code < event.code:
            best[event.fingerprint] = event
    return list(best.values())
