"""Ports by UN/LOCODE and airports by IATA code, with their coordinates."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files

from msgspec.structs import replace

from milepost.carbon.model import CannotEstimateError, Mode, Point
from milepost.carbon.sea import offshore_m
from milepost.carbon.sphere import great_circle_m

_LOCODE, _IATA = 5, 3
# From a place to its port or airport by road at most so far.
_FAR_M = 400_000
# From a port to the next sea lane.
_OFFSHORE_M = 60_000


@cache
def ports() -> dict[str, Point]:
    """By UN/LOCODE."""
    text = (files(__package__) / "data" / "ports.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return {
        code: Point(code=code, name=name, country=code[:2], latitude=float(y), longitude=float(x))
        for code, name, y, x in rows
    }


@cache
def airports() -> dict[str, Point]:
    """By IATA code."""
    import airportsdata

    return {
        code: Point(
            code=code,
            name=one["city"] or one["name"],
            country=one["country"],
            latitude=one["lat"],
            longitude=one["lon"],
        )
        for code, one in airportsdata.load("IATA").items()
    }


def settled(point: Point, mode: Mode) -> Point:
    """The point with coordinates. A code is looked up among the gates of the mode first: CNSZX by
    air is Shenzhen's airport. Raises CannotEstimateError where nothing is known of it.
    """
    if point.latitude is not None and point.longitude is not None:
        return point
    code = (point.code or "").replace(" ", "").upper()
    if not code:
        raise CannotEstimateError("a leg needs a distance, or codes or coordinates of both ends")
    order = (_airport, _port) if mode == "air" else (_port, _airport)
    found = order[0](code) or order[1](code)
    if found is None:
        raise CannotEstimateError(f"'{point.code}' is no UN/LOCODE or IATA code that is known here")
    return replace(found, code=code, name=point.name or found.name)


def _port(code: str) -> Point | None:
    return ports().get(code)


def _airport(code: str) -> Point | None:
    """By IATA code, or by a LOCODE whose last letters are one of the same country."""
    if len(code) == _IATA:
        return airports().get(code)
    found = airports().get(code[2:]) if len(code) == _LOCODE else None
    return found if found is not None and found.country == code[:2] else None


@lru_cache(maxsize=4096)
def nearest_port(latitude: float, longitude: float) -> Point | None:
    """The next port at sea within 400 km, None where there is none. Ports on rivers do not count:
    a parcel for Berlin leaves its ship at the coast.
    """
    ways = sorted(
        (great_circle_m(latitude, longitude, one.latitude or 0, one.longitude or 0), code)
        for code, one in ports().items()
        if abs((one.latitude or 0) - latitude) < 4
    )
    near = (code for metres, code in ways if metres <= _FAR_M)
    return next((ports()[code] for code in near if _is_at_sea(code)), None)


@cache
def _is_at_sea(code: str) -> bool:
    port = ports()[code]
    return offshore_m(port.latitude or 0, port.longitude or 0) <= _OFFSHORE_M
