"""Places from the parts that a source gives."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from milepost.carriers.toolkit.tree import as_text, dig, text_of
from milepost.carriers.toolkit.units import country_code, read_point
from milepost.domain.place import Place


def build_place(
    *,
    name: Any = None,
    facility: Any = None,
    city: Any = None,
    region: Any = None,
    country: Any = None,
    postal_code: Any = None,
    point: tuple[Any, Any] = (None, None),
) -> Place | None:
    """A place of what is known; None if nothing is. A country we cannot place is left out."""
    latitude, longitude = read_point(*point) or (None, None)
    place = Place(
        name=_line(name),
        facility=_line(facility),
        city=_line(city),
        region=_line(region),
        country=country_code(country),
        postal_code=_line(postal_code),
        latitude=latitude,
        longitude=longitude,
    )
    return None if place == Place() else place


def _line(value: Any) -> str | None:
    text = as_text(value)
    return " ".join(text.split()) if text else None


class Where(Struct, frozen=True, kw_only=True):
    """The paths of a place's parts within a row."""

    name: tuple[str, ...] = ()
    facility: tuple[str, ...] = ()
    city: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    postal_code: tuple[str, ...] = ()
    latitude: str = ""
    longitude: str = ""

    def read(self, row: Any) -> Place | None:
        """The place of the row; None if nothing is known of it."""
        return build_place(
            name=text_of(row, *self.name),
            facility=text_of(row, *self.facility),
            city=text_of(row, *self.city),
            region=text_of(row, *self.region),
            country=text_of(row, *self.country),
            postal_code=text_of(row, *self.postal_code),
            point=(dig(row, self.latitude), dig(row, self.longitude)),
        )
