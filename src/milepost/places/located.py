"""What is known of where a place is."""

from __future__ import annotations

from msgspec import Struct


class Located(Struct, frozen=True, gc=False):
    """`zone` is an IANA name, `country` ISO 3166-1 alpha-2, coordinates WGS 84 degrees.

    Each part is None where it is not known for sure. `confidence` is 0 to 1.
    """

    zone: str | None
    country: str | None
    latitude: float | None
    longitude: float | None
    city: str | None
    confidence: float
