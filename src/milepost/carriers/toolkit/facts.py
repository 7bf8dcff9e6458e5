"""What a source says of a shipment as a whole, by a table of paths."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct

from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.tree import dig, integer_of, text_of
from milepost.carriers.toolkit.units import weight_g
from milepost.domain.scan import Facts, LinkedNumber

Paths = tuple[str, ...]
Link = Callable[[Any], Iterable[LinkedNumber]]


class FactPaths(Struct, frozen=True, kw_only=True):
    """The paths of a shipment's facts. `weight_unit` is the unit where the source names none;
    `units` are the source's own names of units. `links` are paths of further numbers of the same
    parcel, `read_links` reads those whose carrier the source names.
    """

    service: Paths = ()
    order_number: Paths = ()
    weight: str = ""
    weight_unit: str = ""
    unit: str = ""
    units: dict[str, str] = {}
    pieces: Paths = ()
    origin: Where = Where()
    destination: Where = Where()
    signed_by: Paths = ()
    links: Paths = ()
    read_links: Link | None = None

    def read(self, row: Any, number: str, carrier: str | None) -> Facts | None:
        """The facts of one shipment; None if the row tells none."""
        facts = Facts(
            number=number,
            carrier=carrier,
            service=text_of(row, *self.service),
            order_number=text_of(row, *self.order_number),
            weight_g=weight_g(dig(row, self.weight), self._unit(row)),
            pieces=integer_of(row, *self.pieces) or None,
            origin=self.origin.read(row),
            destination=self.destination.read(row),
            signed_by=text_of(row, *self.signed_by),
            linked=self._linked(row, number),
        )
        return None if facts == Facts(number=number, carrier=carrier) else facts

    def _unit(self, row: Any) -> str:
        given = text_of(row, self.unit) if self.unit else None
        return self.units.get(given or "", given or self.weight_unit)

    def _linked(self, row: Any, number: str) -> tuple[LinkedNumber, ...]:
        found = [LinkedNumber(number=text) for path in self.links if (text := text_of(row, path))]
        found += list(self.read_links(row)) if self.read_links else []
        return tuple(link for link in dict.fromkeys(found) if link.number != number)
