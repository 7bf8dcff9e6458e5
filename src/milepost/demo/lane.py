"""Which carriers take a parcel from where to where, under which tracking numbers."""

from __future__ import annotations

from msgspec import Struct

from milepost.demo import numbers
from milepost.demo.chance import Chance
from milepost.demo.tables import table
from milepost.demo.world import CARRIERS, CITIES, Carrier, City

_COLD = {"sf": "sf", "zto": "zto_cold"}
_BULKY = {"zto": "zto_bulky", "jd": "jd_bulky"}


class Leg(Struct, frozen=True):
    """One carrier (a key of `CARRIERS`) from city to city under one tracking number."""

    carrier_key: str
    number: str
    origin: City
    destination: City

    @property
    def carrier(self) -> Carrier:
        return CARRIERS[self.carrier_key]


class Lane(Struct, frozen=True):
    """The legs of one parcel in the order of travel. `market` is cn, us, eu or export."""

    market: str
    category: str | None
    legs: tuple[Leg, ...]

    @property
    def origin(self) -> City:
        return self.legs[0].origin

    @property
    def destination(self) -> City:
        return self.legs[-1].destination


def draw_lane(market: str, category: str | None, chance: Chance) -> Lane:
    """A lane in this market by a carrier that carries such goods."""
    if market == "export":
        return Lane(market, category or "cross_border", _abroad(chance))
    carrier = _carrier(market, category, chance)
    cities = [city for city in CITIES.values() if city.country in CARRIERS[carrier].countries]
    origin, destination = chance.sample(cities, 2)
    number = _number(carrier, category, chance)
    return Lane(market, category, (Leg(carrier, number, origin, destination),))


def another_number(lane: Lane, chance: Chance) -> Lane:
    """The same road for another box of the same shipment."""
    legs = tuple(
        Leg(leg.carrier_key, _number(leg.carrier_key, lane.category, chance), leg.origin,
            leg.destination)
        for leg in lane.legs
    )  # fmt: skip
    return Lane(lane.market, lane.category, legs)


def _carrier(market: str, category: str | None, chance: Chance) -> str:
    able = {"cold_chain": _COLD, "bulky": _BULKY}.get(category or "")
    weights = {
        key: carrier.weight
        for key, carrier in CARRIERS.items()
        if carrier.market == market and (able is None or market != "cn" or key in able)
    }
    return chance.weighted(weights)


def _number(carrier: str, category: str | None, chance: Chance) -> str:
    special = {"cold_chain": _COLD, "bulky": _BULKY}.get(category or "", {})
    return numbers.make(special.get(carrier, CARRIERS[carrier].numbers), chance)


def _abroad(chance: Chance) -> tuple[Leg, ...]:
    gateways = table("gateways")
    carrier = _carrier("export", None, chance)
    country = chance.weighted({key: row["weight"] for key, row in gateways["to"].items()})
    inbound = gateways["to"][country]
    exit_city = CITIES[chance.choice(gateways["from"][carrier])]
    entry = CITIES[chance.choice(inbound["cities"])]
    home = CITIES[chance.choice(gateways["factories"])]
    goal = chance.choice([city for city in CITIES.values() if city.country == country])
    last = chance.weighted(inbound["carriers"])
    first_number = _number(carrier, None, chance)
    # Posts hand over to posts under the number that the sender's post gave.
    keeps = carrier == "china-post" and last in gateways["posts"]
    last_number = first_number if keeps else _number(last, None, chance)
    legs = (Leg(carrier, first_number, exit_city, entry), Leg(last, last_number, entry, goal))
    if carrier == "china-post" or home == exit_city or chance.hit(0.4):
        return legs
    feeder = chance.choice(gateways["feeders"])
    return (Leg(feeder, _number(feeder, None, chance), home, exit_city), *legs)


def with_another_carrier(lane: Lane, chance: Chance) -> Lane:
    """The same cities by another carrier of the market that serves both."""
    leg = lane.legs[0]
    countries = {leg.origin.country, leg.destination.country}
    others = [
        key
        for key, carrier in CARRIERS.items()
        if carrier.market == lane.market and countries <= set(carrier.countries)
    ]
    key = chance.choice([other for other in others if other != leg.carrier_key] or others)
    number = _number(key, lane.category, chance)
    return Lane(lane.market, lane.category, (Leg(key, number, leg.origin, leg.destination),))
