"""Notices of all tenants, and what they excuse: time that a notice covers is no dwelling."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

import msgspec

from milepost.domain.notice import Area, Notice, Spot, covered_s, touches
from milepost.domain.place import Place, as_place
from milepost.domain.track import NoticeView, SaidView
from milepost.domain.whole import Whole
from milepost.engine import notice_regions as regions
from milepost.places import locate
from milepost.reading import read
from milepost.rules.since import seen_s

# Over for so long, a notice explains nothing any more.
REMEMBER_S = 14 * 86_400
# Whoever closes something for longer sends parcels another way.
MOST_CLOSED_S = 72 * 3600


class NoticeRow(NamedTuple):
    """A notice as it is kept."""

    id: int
    tenant: int
    notice: Notice


class NoticeStore(Protocol):
    """Where notices are kept. Answers only of the tenant that asks."""

    async def all_notices(self, now: datetime) -> list[NoticeRow]: ...

    async def add_notices(self, tenant: int, notices: Sequence[Notice]) -> list[int]: ...

    async def end_notice(self, tenant: int, notice: int, at: datetime) -> bool: ...


class Usual(Protocol):
    """What the past says of the present silence: it excuses as a notice does."""

    def __contains__(self, tenant: int) -> bool: ...

    def __call__(self, tenant: int, whole: Whole, now_s: int) -> int:
        """Seconds by which it may be longer than the limit that nobody has set."""


class _NothingUsual:
    def __contains__(self, tenant: int) -> bool:
        return False

    def __call__(self, tenant: int, whole: Whole, now_s: int) -> int:
        return 0


class Notices:
    """Those that hold or held lately, by tenant."""

    def __init__(self) -> None:
        self._of: dict[int, list[NoticeRow]] = {}
        self.changes = 0  # how often others came to hold
        self.usual: Usual = _NothingUsual()  # set by whoever learns it

    def set(self, rows: Iterable[NoticeRow]) -> None:
        self.changes += 1
        self._of = {}
        for row in rows:
            self._of.setdefault(row.tenant, []).append(row)

    def of(self, tenant: int, now_s: int) -> list[NoticeRow]:
        """Those of a tenant that hold now or did lately, and those to come."""
        rows = self._of.get(tenant, ())
        return [row for row in rows if (row.notice.until_s or now_s) > now_s - REMEMBER_S]

    def __contains__(self, tenant: int) -> bool:
        return tenant in self._of or tenant in self.usual

    def touching(self, tenant: int, spot: Spot, now_s: int) -> list[NoticeRow]:
        """Those that concern a parcel which is there now."""
        return [row for row in self.of(tenant, now_s) if concerns(row.notice, spot)]

    def grace_s(self, tenant: int, whole: Whole, now_s: int) -> int:
        """How many seconds of a road's present silence notices cover, or are usual there."""
        usual_s = self.usual(tenant, whole, now_s) if tenant in self.usual else 0
        if tenant not in self._of:
            return usual_s
        found = [row.notice for row in self.touching(tenant, spot_of(whole), now_s)]
        return max(usual_s, covered_s(found, seen_s(whole.shipment), now_s))

    def delay_s(self, tenant: int, whole: Whole, now_s: int) -> int:
        """By how much those that hold now say that a road takes longer: the longest of them."""
        if tenant not in self._of:
            return 0
        rows = self.touching(tenant, spot_of(whole), now_s)
        return max((_delay_s(row.notice, now_s) for row in rows), default=0)

    def covered_s(self, tenant: int, whole: Whole, since_s: int, now_s: int) -> int:
        """How many seconds of a stay where a road is now they cover."""
        if tenant not in self._of:
            return 0
        found = [row.notice for row in self.touching(tenant, spot_of(whole), now_s)]
        return covered_s(found, since_s, now_s)


def _delay_s(notice: Notice, now_s: int) -> int:
    """What a notice that holds says; of a closure by hand at least that nothing leaves before its
    end.
    """
    if not holds(notice, now_s):
        return 0
    closed = notice.kind == "closure" and notice.source == "manual" and notice.areas
    rest_s = notice.until_s - now_s if closed and notice.until_s is not None else 0
    return notice.delay_h * 3600 or min(rest_s, MOST_CLOSED_S)


class Here(Spot, frozen=True):
    """A spot whose state or province is known, as "CN-33"."""

    region: str | None = None


def concerns(notice: Notice, spot: Spot) -> bool:
    """Whether a notice concerns a parcel there: by its shapes and countries, or by a region."""
    if touches(notice, spot):
        return True
    region = spot.region if isinstance(spot, Here) else None
    if region is None or region not in map(regions.code_in, notice.areas):
        return False
    return touches(msgspec.structs.replace(notice, areas=[]), spot)


def spot_of(whole: Whole) -> Spot:
    """Where a road is now: at the last place that any of its scans names."""
    ends = (_country(whole.facts.origin), _country(whole.facts.destination))
    carrier = next((e.body.carrier for e in reversed(whole.events) if e.body.carrier), None)
    for event in reversed(whole.events):
        body = event.body
        place = as_place(body.place) or (_said(body.text, body.carrier) if body.text else None)
        located = locate(place) if place is not None else None
        if located is not None and located.country is not None:
            lat, lon = located.latitude, located.longitude
            at = (lat, lon) if lat is not None and lon is not None else None
            assert place is not None
            return Here(located.country, at, carrier, *ends, regions.region_at(place, located))
    return Spot(None, None, carrier, *ends)


def placed(notice: Notice) -> tuple[Notice, list[str]]:
    """A notice whose named places have positions; and the names that nobody knows."""
    unknown: list[str] = []
    areas = [_placed(area, unknown) for area in notice.areas]
    return msgspec.structs.replace(notice, areas=areas), unknown


def _placed(area: Area, unknown: list[str]) -> Area:
    if area.place is None or area.center is not None or area.polygon:
        return area
    found = locate(Place(name=area.place, country=area.country))
    if (code := regions.code_in(area)) is not None:
        name = regions.name_in(area)
        within = locate(Place(name=name, country=code[:2]))
        if within is None or within.city is None or regions.named(name, code[:2]) == code:
            return area
        found = within
    if found is None or found.latitude is None or found.longitude is None:
        region = regions.as_region(area)
        if region is None:
            unknown.append(area.place)
        return region or Area(place=area.place)  # its country alone would stand for all of it
    return msgspec.structs.replace(
        area, latitude=found.latitude, longitude=found.longitude,
        country=area.country or found.country,
    )  # fmt: skip


def _said(text: str, carrier: str | None) -> Place | None:
    reading = read(text, carrier=carrier)
    return as_place(reading.place_city or reading.place)


def _country(place: Place | None) -> str | None:
    return place.country if place is not None else None


def shown(rows: Sequence[NoticeRow], now_s: int) -> list[NoticeView]:
    """Those that hold now, for a reader of the road."""
    return [
        NoticeView(
            kind=one.kind, title=one.title, text=one.text, since=one.from_at.isoformat(),
            until=one.until_at.isoformat() if one.until_at else None, delay_h=one.delay_h,
            translations=[
                SaidView(language=said.language, title=said.title, text=said.text)
                for said in one.translations
            ],
        )
        for _, _, one in rows
        if holds(one, now_s)
    ]  # fmt: skip


def holds(notice: Notice, now_s: int) -> bool:
    """Whether it holds now; in the second of its end it does no longer."""
    return notice.from_s <= now_s and (notice.until_s is None or now_s < notice.until_s)
