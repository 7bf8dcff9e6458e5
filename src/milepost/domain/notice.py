"""Network notices: weather, closures, peak days, by area or lane and time."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from milepost.domain.whole import distance_m

Kind = Literal["weather", "closure", "peak", "strike", "disaster", "customs", "other"]
Degrees = Annotated[float, Meta(ge=-180, le=180)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
USUAL_RADIUS_KM = 50


class Area(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where a notice holds: a whole country, around a place, or inside a polygon.

    `polygon` is a ring of (latitude, longitude) in degrees, as CAP 1.2 gives it; `place` a name
    that the gazetteer knows.
    """

    country: Annotated[str, Meta(pattern="^[A-Z]{2}$")] | None = None
    place: Name | None = None
    latitude: Degrees | None = None
    longitude: Degrees | None = None
    radius_km: Annotated[float, Meta(gt=0, le=20_040)] | None = None
    polygon: Annotated[list[tuple[Degrees, Degrees]], Meta(max_length=5_000)] = []

    @property
    def center(self) -> tuple[float, float] | None:
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude


class Lane(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """From country to country, either end open."""

    origin: Annotated[str, Meta(pattern="^[A-Z]{2}$")] | None = None
    destination: Annotated[str, Meta(pattern="^[A-Z]{2}$")] | None = None


class Said(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The same in another language, by its BCP 47 tag."""

    language: Annotated[str, Meta(min_length=2, max_length=35)]
    title: Name
    text: Annotated[str, Meta(max_length=4_000)] = ""


class Notice(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What holds up parcels, from when to when. Empty `areas`, `lanes`, `carriers`: all of them.

    `delay_h`: how much longer a road is expected to take because of it, where somebody said so.
    `identifier`: the source's own name of it; a newer notice of the same name (and `sender`, where
    a source has several) replaces it. `translations`: what it says in further languages.
    """

    kind: Kind
    title: Name
    from_at: datetime
    until_at: datetime | None = None
    text: Annotated[str, Meta(max_length=4_000)] = ""
    areas: Annotated[list[Area], Meta(max_length=200)] = []
    lanes: Annotated[list[Lane], Meta(max_length=200)] = []
    carriers: Annotated[list[Name], Meta(max_length=200)] = []
    delay_h: Annotated[int, Meta(ge=0, le=2_000)] = 0
    identifier: Name | None = None
    source: str = "manual"
    sender: Name | None = None
    translations: Annotated[list[Said], Meta(max_length=50)] = []

    @property
    def from_s(self) -> int:
        return int(self.from_at.timestamp())

    @property
    def key(self) -> str | None:
        """By which its store knows it again."""
        named = self.identifier and self.sender
        return f"{self.sender},{self.identifier}" if named else self.identifier

    @property
    def until_s(self) -> int | None:
        return int(self.until_at.timestamp()) if self.until_at is not None else None


class Spot(Struct, frozen=True):
    """Where a parcel is, and where it goes: what a notice is held against."""

    country: str | None
    position: tuple[float, float] | None
    carrier: str | None
    origin: str | None
    destination: str | None


def touches(notice: Notice, spot: Spot) -> bool:
    """Whether a notice concerns a parcel there; where its place is unknown, only by its lane."""
    if notice.carriers and spot.carrier not in notice.carriers:
        return False
    if notice.lanes and not any(_on(lane, spot) for lane in notice.lanes):
        return False
    return not notice.areas or any(_inside(area, spot) for area in notice.areas)


def overlap_s(notice: Notice, from_s: int, until_s: int) -> int:
    """How many seconds of a stretch a notice covers."""
    end_s = until_s if notice.until_s is None else min(until_s, notice.until_s)
    return max(0, end_s - max(from_s, notice.from_s))


def covered_s(notices: list[Notice], from_s: int, until_s: int) -> int:
    """How many seconds of a stretch any of the notices covers; what two cover counts once."""
    spans = sorted(
        (max(from_s, one.from_s), min(until_s, one.until_s or until_s)) for one in notices
    )
    total, reached = 0, from_s
    for start, end in spans:
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total


def _on(lane: Lane, spot: Spot) -> bool:
    ends = ((lane.origin, spot.origin), (lane.destination, spot.destination))
    return all(wanted in (None, given) for wanted, given in ends)


def _inside(area: Area, spot: Spot) -> bool:
    if area.country is not None and area.country != spot.country:
        return False
    if area.polygon:
        return spot.position is not None and within(area.polygon, spot.position)
    if area.center is None:
        return area.country is not None  # a bare country; a place nobody knows touches nothing
    if spot.position is None:
        return False
    radius_m = 1000 * (area.radius_km or USUAL_RADIUS_KM)
    return distance_m(area.center, spot.position) <= radius_m


def within(ring: list[tuple[float, float]], position: tuple[float, float]) -> bool:
    """Whether a position lies inside a ring, by counting crossings."""
    lat, lon = position
    inside = False
    for (lat1, lon1), (lat2, lon2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        crosses = (lat1 > lat) != (lat2 > lat)
        if crosses and lon < (lon2 - lon1) * (lat - lat1) / (lat2 - lat1) + lon1:
            inside = not inside
    return inside
