"""The cities and carriers of the sample network, and the places at which parcels are scanned."""

from __future__ import annotations

import zlib
from datetime import datetime
from functools import cache
from math import asin, cos, radians, sin, sqrt
from zoneinfo import ZoneInfo

from msgspec import Struct, convert

from milepost.demo.tables import table
from milepost.domain.place import Place

_EARTH_KM = 6371.0
# Facilities stand within about 8 km of the middle of their city.
_SPREAD_DEGREES = 0.08


class City(Struct, frozen=True, kw_only=True):
    """A real city. Coordinates are WGS 84 degrees, `zone` an IANA time zone."""

    key: str
    name: str
    latin: str
    region: str
    country: str
    zone: str
    latitude: float
    longitude: float
    postal_code: str
    districts: tuple[str, ...]

    def local(self, instant: datetime) -> datetime:
        """The instant on this city's clocks."""
        return instant.astimezone(_zone(self.zone))


class Carrier(Struct, frozen=True, kw_only=True):
    """A carrier's way of working and of speaking; see `data/carriers.toml`."""

    slug: str
    market: str
    countries: tuple[str, ...]
    weight: int
    language: str
    numbers: str
    outlet: str
    hub: str
    hubs: tuple[str, ...]
    kmh: int
    fly_over_km: int | None = None
    scan: str = "code"
    clock: str = "offset"


class Stop(Struct, frozen=True):
    """A facility: `kind` is outlet, hub, airport, customs, station, locker or door."""

    kind: str
    city: City
    place: Place


_zone = cache(ZoneInfo)
CITIES: dict[str, City] = {
    key: convert({"key": key, **row}, City) for key, row in table("cities").items()
}
CARRIERS: dict[str, Carrier] = {
    key: convert({"slug": key, **row}, Carrier) for key, row in table("carriers").items()
}


def distance_km(one: City, other: City) -> float:
    """Great-circle distance."""
    lat1, lat2 = radians(one.latitude), radians(other.latitude)
    half = sin((lat2 - lat1) / 2) ** 2
    half += cos(lat1) * cos(lat2) * sin(radians(other.longitude - one.longitude) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(half))


@cache
def stop(kind: str, city_key: str, carrier_key: str, district: int = 0) -> Stop:
    """The facility of this kind that a carrier has in a city; `district` tells several apart."""
    city, carrier = CITIES[city_key], CARRIERS[carrier_key]
    name = city.districts[district % len(city.districts)]
    chinese = carrier.language == "zh"
    city_name = city.name if chinese or city.country != "CN" else city.latin
    facility = _pattern(kind, carrier, city).format(
        city=city_name.removesuffix("市"), latin=city.latin, district=name, region=city.region
    )
    latitude, longitude = _coordinates(city, facility)
    return Stop(
        kind,
        city,
        Place(
            facility=facility or None,
            city=city_name,
            region=city.region if city.country != "CN" or chinese else None,
            country=city.country,
            postal_code=city.postal_code if kind == "outlet" else None,
            latitude=latitude,
            longitude=longitude,
        ),
    )


def _pattern(kind: str, carrier: Carrier, city: City) -> str:
    own = {"outlet": carrier.outlet, "hub": carrier.hub}
    if kind in own:
        return own[kind]
    language = "en" if city.country in {"US", "GB"} else carrier.language
    return str(table("facilities")[language][kind])


def _coordinates(city: City, facility: str) -> tuple[float, float]:
    north, east = divmod(zlib.crc32(facility.encode()) % 1_000_000, 1000)
    return (
        round(city.latitude + (north / 500 - 1) * _SPREAD_DEGREES, 5),
        round(city.longitude + (east / 500 - 1) * _SPREAD_DEGREES, 5),
    )
