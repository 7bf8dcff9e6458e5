"""Events and facts of some roads, as boxes that a row can be made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from milepost.analytics.journey import Box
from milepost.analytics.reading import Line, Records
from milepost.domain.event import Event
from milepost.domain.scan import Facts
from milepost.domain.shipment import Shipment
from milepost.engine.ports import Ledger
from milepost.engine.queries import Sealed
from milepost.engine.rows import FactRow, Link
from milepost.engine.unfold import whole_of


class _Told(NamedTuple):
    events: dict[int, list[Event]]
    facts: dict[int, list[FactRow]]


class Gathering:
    """Reads whole roads from the ledger and the sealed days."""

    def __init__(self, records: Records, ledger: Ledger, sealed: Sealed | None) -> None:
        self._records = records
        self._ledger = ledger
        self._sealed = sealed

    async def boxes(self, lines: Sequence[Line]) -> list[Box]:
        """In full, from all their events."""
        links = await self._links(lines)
        told = await self._told(lines, links, with_events=True)
        found = []
        for line in lines:
            events = _once([e for one in _parcels(line, links) for e in told.events[one]])
            if events:
                whole = whole_of(events, _facts(line, links, told))
                kept = {event.fingerprint: event for event in whole.events}
                found.append(_box(line, links, whole.shipment, kept, whole.facts))
        return found

    async def outlines(self, lines: Sequence[Line]) -> list[Box]:
        """From the packed state and the facts alone: without places and carriers of events."""
        links = await self._links(lines)
        told = await self._told(lines, links, with_events=False)
        found = []
        for line in lines:
            if line.state:
                facts = whole_of([], _facts(line, links, told)).facts
                found.append(_box(line, links, Shipment(line.state), {}, facts))
        return found

    async def _links(self, lines: Sequence[Line]) -> dict[int, list[Link]]:
        """Road → all links of its shipment."""
        own = await self._records.links_of([line.id for line in lines])
        if not own:
            return {}
        beside: dict[int, list[Link]] = defaultdict(list)
        for link in await self._records.beside(sorted({one.shipment for one in own})):
            beside[link.shipment].append(link)
        return {one.parcel: beside[one.shipment] for one in own}

    async def _told(
        self, lines: Sequence[Line], links: dict[int, list[Link]], *, with_events: bool
    ) -> _Told:
        told = _Told(defaultdict(list), defaultdict(list))
        for tenant in sorted({line.tenant for line in lines}):
            mine = [line for line in lines if line.tenant == tenant]
            parcels = sorted({one for line in mine for one in _all(line, links)})
            if with_events:
                since = min(line.first_day for line in mine)
                rows, facts = await self._ledger.road_and_facts(
                    tenant, parcels, since, patient=True
                )
                events = [row.event for row in rows]
                if self._sealed is not None:
                    events += await self._sealed.events(tenant, parcels)
                for event in events:
                    told.events[event.parcel].append(event)
            else:
                facts = await self._ledger.facts(tenant, parcels)
            for fact in facts:
                told.facts[fact.parcel].append(fact)
        return told


def _once(events: Sequence[Event]) -> list[Event]:
    """A late event's road is partly sealed, partly in the journal, and may stand in both."""
    return list({(event.fingerprint, event.code): event for event in events}.values())


def _parcels(line: Line, links: dict[int, list[Link]]) -> list[int]:
    """The numbers of the box."""
    return [one.parcel for one in links.get(line.id, ()) if one.road == line.id] or [line.id]


def _all(line: Line, links: dict[int, list[Link]]) -> set[int]:
    """Those that events and facts of the box may stand under."""
    shipment = {one.shipment for one in links.get(line.id, ())}
    return {line.id, *_parcels(line, links), *shipment}


def _facts(line: Line, links: dict[int, list[Link]], told: _Told) -> list[Facts]:
    rows = [fact for one in _all(line, links) for fact in told.facts[one]]
    return [row.facts for row in sorted(rows, key=lambda row: row.observed_us)]


def _box(
    line: Line,
    links: dict[int, list[Link]],
    view: Shipment,
    events: dict[int, Event],
    facts: Facts,
) -> Box:
    mine = [one for one in links.get(line.id, ()) if one.parcel == line.id]
    link = mine[0] if mine else None
    return Box(
        tenant=line.tenant,
        road=line.id,
        shipment=link.shipment if link else line.id,
        number=link.number if link else line.number,
        box=link.box if link else 1,
        carrier=line.carrier,
        view=view,
        marks=view.marks,
        events=events,
        facts=facts,
    )
