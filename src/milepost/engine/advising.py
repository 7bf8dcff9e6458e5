"""Recommendations for an order: what they need is fetched, then ranked."""

from __future__ import annotations

from collections.abc import Callable

from milepost.addresses import Address, check
from milepost.carbon.factors import Factors, defra_2025
from milepost.carbon.model import Point
from milepost.domain.place import Place
from milepost.engine.recommend import (
    Candidate,
    Ends,
    LaneRecords,
    Option,
    Order,
    Preference,
    candidate,
    priced,
    ranked,
)
from milepost.engine.tariff import End, Tariffs
from milepost.places import locate


class Adviser:
    """Recommends carriers and services. `records` gives None where nobody keeps any."""

    def __init__(
        self,
        tariffs: Tariffs,
        records: Callable[[], LaneRecords | None],
        factors: Factors | None = None,
    ) -> None:
        self.tariffs = tariffs
        self._records = records
        self._factors = factors or defra_2025()

    async def advise(self, tenant: int, order: Order, prefer: Preference) -> list[Option]:
        """The best first; empty where no tariff of the tenant serves the order."""
        ends = ends_of(order)
        found: list[Candidate] = []
        for tariff, price in priced(await self.tariffs.tariffs(tenant), order, ends):
            records = self._records()
            record = None
            if records is not None:
                record = await records.lane_record(
                    tenant,
                    carrier=tariff.carrier,
                    service=tariff.service,
                    origin=order.origin,
                    destination=order.destination,
                    category=order.category,
                )
            found.append(candidate(tariff, price, record, order, ends, self._factors))
        return ranked(found, order, prefer)


def ends_of(order: Order) -> Ends:
    """Where the order begins and ends, by areas and by coordinates."""
    return Ends(
        origin=End(keys=area_keys(order.origin)),
        destination=End(keys=area_keys(order.destination)),
        origin_point=_point(order.origin),
        destination_point=_point(order.destination),
    )


def area_keys(place: Place) -> tuple[str, ...]:
    """ "US", "US-CA" and "US-90012"; of China "CN", "CN-44", "CN-4403", "CN-440305" as well."""
    read = check(
        Address(
            country=place.country or "",
            region=place.region or "",
            city=place.city or "",
            postal_code=place.postal_code or "",
            text=place.name or "",
        )
    )
    country = read.parts.country
    if country is None:
        located = locate(place)
        country = located.country if located is not None else None
    if country is None:
        return ()
    keys = [country]
    if country == "CN" and read.parts.code:
        keys += [f"CN-{read.parts.code[:size]}" for size in (2, 4, 6)]
    elif read.parts.code:
        keys.append(read.parts.code)
    if read.parts.postal_code:
        keys.append(f"{country}-{read.parts.postal_code.replace(' ', '')}")
    return tuple(keys)


def _point(place: Place) -> Point | None:
    found = locate(place)
    if found is None or found.latitude is None or found.longitude is None:
        return None
    return Point(
        name=place.label, country=found.country, latitude=found.latitude, longitude=found.longitude
    )
