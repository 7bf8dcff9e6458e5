"""How the demo's merchant registers a shipment."""

from __future__ import annotations

from datetime import datetime, timedelta

from milepost.demo.casting import Parcel, Shipment
from milepost.demo.chance import Chance
from milepost.demo.declaring import declared
from milepost.demo.lane import Lane
from milepost.demo.scanning import fixed_offset, place_of
from milepost.demo.shape import RegisteredParcel, Registration, Step
from milepost.demo.tables import table
from milepost.demo.world import City, stop
from milepost.domain.scan import LinkedNumber

_PEOPLE = {"CN": "zh", "US": "en", "GB": "en", "FR": "fr"}
_CURRENCY = {"CN": "CNY", "US": "USD", "GB": "GBP"}
_PROMISED_DAYS = {"cn": (1, 3), "us": (2, 5), "eu": (1, 4), "export": (6, 11)}
_VALUE_CENTS = (1_500, 45_000)
_HIGH_VALUE_CENTS = (300_000, 1_900_000)


def registration_step(shipment: Shipment, chance: Chance) -> Step:
    """The registration, some minutes before the carrier first speaks of the shipment."""
    lane = shipment.lane
    at = shipment.parcels[0].events[0].at - timedelta(minutes=chance.randrange(2, 9))
    first, last = _promised(lane, at) if shipment.story or chance.hit(0.8) else (None, None)
    registration = Registration(
        order_number=f"DEMO-{shipment.index + 1:06d}",
        parcels=tuple(_registered(parcel) for parcel in shipment.parcels),
        origin=place_of(stop("door", lane.origin.key, lane.legs[0].carrier_key)),
        destination=place_of(stop("door", lane.destination.key, lane.legs[-1].carrier_key)),
        promised_from=first,
        promised_to=last,
        category=lane.category,
        value_cents=_value_cents(lane.category, chance),
        currency=_CURRENCY.get(lane.destination.country, "EUR"),
        consignee=_consignee(lane.destination, chance),
        **declared(shipment, Chance.of(lane.legs[0].number, "declares")),
    )
    return Step(at=at, registration=registration)


def _promised(lane: Lane, at: datetime) -> tuple[datetime, datetime]:
    low, high = _PROMISED_DAYS[lane.market]
    morning = lane.destination.local(at).replace(hour=8, minute=0, second=0, microsecond=0)
    first = fixed_offset(morning + timedelta(days=low))
    return first, fixed_offset((morning + timedelta(days=high)).replace(hour=21))


def _value_cents(category: str | None, chance: Chance) -> int:
    return chance.randrange(*(_HIGH_VALUE_CENTS if category == "high_value" else _VALUE_CENTS))


def _registered(parcel: Parcel) -> RegisteredParcel:
    numbers: dict[str, LinkedNumber] = {}
    for leg in parcel.lane.legs:
        # A post that hands over under the same number adds no number.
        numbers.setdefault(leg.number, LinkedNumber(number=leg.number, carrier=leg.carrier.slug))
    return RegisteredParcel(numbers=tuple(numbers.values()))


def _consignee(city: City, chance: Chance) -> dict[str, str]:
    people = table("people")[_PEOPLE.get(city.country, "de")]
    house = chance.randrange(1, 99)
    street = chance.choice(people["streets"])
    district = chance.choice(city.districts)
    chinese = city.country == "CN"
    return {
        "name": chance.choice(people["names"]),
        "phone": chance.choice(people["phones"]),
        "address": f"{city.region}{city.name}{district}{street}{house}号"
        if chinese
        else f"{house} {street}, {district}, {city.name}",
    }
