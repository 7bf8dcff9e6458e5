"""Which numbers belong together: the links of a shipment, box by box, and those that follow."""

from __future__ import annotations

from collections.abc import Sequence

from milepost.domain.event import key_of
from milepost.domain.scan import LinkedNumber
from milepost.engine.resolve import checked_number
from milepost.engine.rows import Link


def links_of(tenant: int, boxes: Sequence[Sequence[LinkedNumber]]) -> list[Link]:
    """The links of a shipment's numbers, box by box. Raises BadScanError for a bad number."""
    links: list[Link] = []
    seen: set[str] = set()
    shipment: int | None = None
    for box, numbers in enumerate(boxes, 1):
        road: int | None = None
        for position, linked in enumerate(numbers, 1):
            number = checked_number(linked.number)
            if number in seen:
                continue
            seen.add(number)
            parcel = key_of(tenant, number)
            road = parcel if road is None else road
            shipment = road if shipment is None else shipment
            links.append(
                Link(tenant, number, parcel, road, shipment, linked.carrier, box, position)
            )
    return links


def appended(known: Sequence[Link], number: str, links: Sequence[Link]) -> list[Link]:
    first = next(link for link in known if link.number == number)
    position = max(link.position for link in known if link.box == first.box)
    return [
        link._replace(
            road=first.road, shipment=first.shipment, box=first.box, position=position + offset
        )
        for offset, link in enumerate(links, 1)
    ]
