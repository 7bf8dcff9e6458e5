"""Notices of all tenants, and what they excuse: time that a notice covers is no dwelling."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

import msgspec

from milepost.domain.notice import Area, Notice, Spot, covered_s, touches
from milepost.domain.place import Place, as_place
from milepost.domain.track import NoticeView
from milepost.domain.whole import Whole
from milepost.places import locate
from milepost.reading import read

# Over for so long, a notice explains nothing any more.
REMEMBER_S = 14 * 86_400


class NoticeRow(NamedTuple):
    """A notice as it is kept."""

    id: int
    tenant: int
    notice: Notice


class NoticeStore(Protocol):
    """Where notices are kept. Answers only of the tenant that asks."""

    async def all_notices(self) -> list[NoticeRow]: ...

    async def add_notices(self, tenant: int, notices: Sequence[Notice]) -> list[int]: ...

    async def end_notice(self, tenant: int, notice: int, at: datetime) -> bool: ...


class Notices:
    """Those that hold or held lately, by tenant."""

    def __init__(self) -> None:
        self._of: dict[int, list[NoticeRow]] = {}

    def set(self, rows: Iterable[NoticeRow]) -> None:
        self._of = {}
        for row in rows:
            self._of.setdefault(row.tenant, []).append(row)

    def of(self, tenant: int, now_s: int) -> list[NoticeRow]:
        """Those of a tenant that hold now or did lately, and those to come."""
        rows = self._of.get(tenant, ())
        return [row for row in rows if (row.notice.until_s or now_s) > now_s - REMEMBER_S]

    def __contains__(self, tenant: int) -> bool:
        return tenant in self._of

    def touching(self, tenant: int, spot: Spot, now_s: int) -> list[NoticeRow]:
        """Those that concern a parcel which is there now."""
        return [row for row in self.of(tenant, now_s) if touches(row.notice, spot)]

    def grace_s(self, tenant: int, whole: Whole, now_s: int) -> int:
        """How many seconds of a road's present silence notices cover."""
        if tenant not in self._of:
            return 0
        found = [row.notice for row in self.touching(tenant, spot_of(whole), now_s)]
        return covered_s(found, whole.shipment.last_s, now_s)

    def delay_s(self, tenant: int, whole: Whole, now_s: int) -> int:
        """By how much those that hold now say that a road takes longer: the longest of them."""
        if tenant not in self._of:
            return 0
        rows = self.touching(tenant, spot_of(whole), now_s)
        return 3600 * max(
            (row.notice.delay_h for row in rows if holds(row.notice, now_s)), default=0
        )

    def covered_s(self, tenant: int, whole: Whole, since_s: int, now_s: int) -> int:
        """How many seconds of a stay where a road is now they cover."""
        if tenant not in self._of:
            return 0
        found = [row.notice for row in self.touching(tenant, spot_of(whole), now_s)]
        return covered_s(found, since_s, now_s)


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
            return Spot(located.country, at, carrier, *ends)
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
    if found is None or found.latitude is None or found.longitude is None:
        unknown.append(area.place)
        return area
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
        )
        for _, _, one in rows
        if holds(one, now_s)
    ]  # fmt: skip


def holds(notice: Notice, now_s: int) -> bool:
    """Whether it holds now."""
    return notice.from_s <= now_s <= (notice.until_s or now_s)
