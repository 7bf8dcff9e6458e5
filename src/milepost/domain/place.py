"""A place as a source names it, and what we know about it."""

from __future__ import annotations

from msgspec import Struct


class Place(Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """Where a scan happened. `country` is ISO 3166-1 alpha-2; coordinates are WGS 84 degrees."""

    name: str | None = None
    facility: str | None = None
    city: str | None = None
    region: str | None = None
    country: str | None = None
    postal_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None

    @property
    def label(self) -> str | None:
        """What a person reads: the source's own name, else the parts that are known."""
        if self.name:
            return self.name
        parts = [self.facility, self.city, self.region, self.country]
        return ", ".join(part for part in parts if part) or None


NOWHERE = Place()  # nothing is known, or nothing may be told, of where it is


def as_place(value: str | Place | None) -> Place | None:
    """A bare string is a place known by its name only; an empty one is no place."""
    if isinstance(value, str):
        return Place(name=value) if value.strip() else None
    return value
