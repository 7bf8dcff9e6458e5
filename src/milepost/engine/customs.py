"""How long customs takes, as a tenant's own roads tell: survival curves by country, port and goods.

A road teaches when it has left customs for good. Those that are still kept count as lasting at
least so long, or the slow ones would be missing from what is usual.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from milepost.domain.event import Event
from milepost.domain.place import Place, as_place
from milepost.domain.settle import MAIN
from milepost.domain.whole import Whole
from milepost.eta.risk import CustomsTable
from milepost.eta.survival import Curve
from milepost.places import locate
from milepost.rules.learned import Usual
from milepost.rules.learned.customs_dwell import FEWEST, entered, stays

DAY_S = 86_400
MOST_TAUGHT = 100_000
REFRESH_EVERY_S = 600
# A quarter more than before shows at once.
_MUCH = 4
_LEVELS = ("port_goods", "port", "country")


class Stay(NamedTuple):
    """A stay at customs. `left_s` None: it is there still."""

    country: str
    port: str
    goods: str
    entered_s: int
    left_s: int | None


class Customs:
    """The tables of all tenants. No I/O, no clock."""

    def __init__(self) -> None:
        self._tables: dict[int, CustomsTable] = {}
        self._taught: OrderedDict[int, int] = OrderedDict()  # road → its tenant
        self._held: dict[int, tuple[int, Stay]] = {}
        self._refreshed_s = 0
        self._fresh = 0

    def learn(self, tenant: int, road: int, whole: Whole) -> None:
        """A road has ended; each teaches once."""
        self._held.pop(road, None)
        if road in self._taught:
            return
        for stay in stays_of(whole):
            if stay.country and stay.left_s is not None and stay.left_s > stay.entered_s:
                days = (stay.left_s - stay.entered_s) / DAY_S
                table = self._tables.setdefault(tenant, CustomsTable())
                table.learn(stay.country, stay.port, stay.goods, days, stay.left_s / DAY_S)
                self._taught[road] = tenant
                self._fresh += 1
        while len(self._taught) > MOST_TAUGHT:
            self._taught.popitem(last=False)

    def taught(self, tenant: int) -> int:
        """How many of a tenant's roads have taught."""
        return sum(whose == tenant for whose in self._taught.values())

    def refresh(self, now_s: int) -> None:
        """Let what was learned show, if it is time."""
        many = _MUCH * self._fresh >= len(self._taught)
        if not self._fresh or not (many or now_s - self._refreshed_s >= REFRESH_EVERY_S):
            return
        self._refreshed_s, self._fresh = now_s, 0
        for tenant, table in self._tables.items():
            held = [(one.country, one.port, one.goods, max(0, now_s - one.entered_s) / DAY_S)
                    for whose, one in self._held.values() if whose == tenant]  # fmt: skip
            table.refresh(held, now_s / DAY_S)

    def usual(self, tenant: int, road: int, whole: Whole) -> Usual | None:
        """Of the narrowest group with enough stays; None where none has, or it is not there."""
        stay = staying(whole)
        if stay is None:
            self._held.pop(road, None)
            return None
        self._held[road] = (tenant, stay)
        table = self._tables.get(tenant)
        if table is None or not stay.country:
            return None
        found = table.known(stay.country, stay.port, stay.goods, FEWEST)
        return None if found is None else _usual(*found)

    def clearance(
        self, tenant: int, country: str, port: str, goods: str
    ) -> tuple[Curve, str] | None:
        """The curve of the narrowest group with enough stays, and which it is (see `_LEVELS`).
        `port`: any name of the place; `goods`: two digits of the HS code; either may be empty.
        """
        table = self._tables.get(tenant)
        if table is None:
            return None
        _, place = _port(Place(name=port, country=country)) if port else (None, "")
        found = table.known(country, place, goods, FEWEST)
        return None if found is None else (found[0], _LEVELS[-1 - found[1]])


def _usual(curve: Curve, level: int) -> Usual:
    half, slow = (round(curve.quantile(share) * DAY_S) for share in (0.5, 0.9))
    return Usual(half, slow, int(curve.evidence), _LEVELS[-1 - level])


def staying(whole: Whole) -> Stay | None:
    """The stay that a road is in."""
    since_s = entered(whole.shipment)
    return _stay(whole, since_s, None) if since_s is not None else None


def stays_of(whole: Whole) -> list[Stay]:
    """All stays of a road."""
    return [_stay(whole, *one) for one in stays(whole.shipment.marks)]


def _stay(whole: Whole, entered_s: int, left_s: int | None) -> Stay:
    inside = [event for event in whole.events if _at_customs(event, entered_s, left_s)]
    place = next((found for event in inside if (found := as_place(event.body.place))), None)
    country, port = _port(place)
    bound_for = whole.facts.destination
    country = country or (bound_for.country if bound_for else None) or ""
    goods = "".join(one for one in whole.facts.hs_code or "" if one.isdigit())[:2]
    return Stay(country, port, goods, entered_s, left_s)


def _at_customs(event: Event, entered_s: int, left_s: int | None) -> bool:
    at_s = event.at_us // 1_000_000
    return MAIN[event.code] == "customs" and entered_s <= at_s <= (left_s or at_s)


def _port(place: Place | None) -> tuple[str | None, str]:
    """(country, place of the customs office), as far as they are known."""
    if place is None:
        return None, ""
    found = locate(place)
    port = (found.city if found else None) or place.city or place.name or ""
    return place.country or (found.country if found else None), port
