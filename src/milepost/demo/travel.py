"""What truly happens to one parcel: a cursor through time and place that notes every event."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from milepost.demo.chance import Chance
from milepost.demo.lane import Lane, Leg
from milepost.demo.world import CITIES, City, Stop, distance_km, stop

_AIR_KMH = 700
_ROAD_DETOUR = 1.25
_MIDDLE_HUB_FROM_KM = 800
_MOST_DETOUR = 1.3


class Event(Struct, frozen=True):
    """One true event. `kind` is a sub status, with `@` and a variant where words differ."""

    kind: str
    at: datetime
    leg: int
    stop: Stop
    next_stop: Stop | None = None

    @property
    def sub(self) -> str:
        return self.kind.partition("@")[0]


class Travel:
    """Moves along a lane. `at` is the present instant (UTC), `here` the facility."""

    def __init__(self, lane: Lane, at: datetime, chance: Chance) -> None:
        self.lane = lane
        self.at = at
        self.chance = chance
        self.events: list[Event] = []
        self.leg_index = 0
        self.district = chance.randrange(6)
        self.begin_leg(0)

    @property
    def leg(self) -> Leg:
        return self.lane.legs[self.leg_index]

    def begin_leg(self, index: int, *, at_hub: bool = False) -> None:
        """Stands at the start of a leg: at an outlet, or at the hub where a partner hands over."""
        self.leg_index = index
        self.route = self._route()[1 if at_hub else 0 :]
        self.here = self.route.pop(0)

    def facility(self, kind: str, city: City) -> Stop:
        """The present carrier's facility of this kind in a city."""
        near_buyer = kind in {"station", "locker"}
        return stop(kind, city.key, self.leg.carrier_key, self.district + near_buyer)

    def note(self, kind: str, where: Stop | None = None, next_stop: Stop | None = None) -> None:
        """Writes down what happens now."""
        event = Event(kind, self.at, self.leg_index, where or self.here, next_stop)
        self.events.append(event)

    def wait(self, low_hours: float, high_hours: float) -> None:
        """Lets time pass."""
        hours = self.chance.uniform(low_hours, high_hours)
        self.at += timedelta(seconds=int(hours * 3600))

    def until(self, opens: int, closes: int, city: City) -> None:
        """Waits for working hours (local, whole hours) unless they are now."""
        local = city.local(self.at)
        hour = local.hour + local.minute / 60
        if opens <= hour < closes:
            return
        ahead = (opens - hour) % 24
        self.at += timedelta(seconds=int((ahead + self.chance.uniform(0.05, 1.2)) * 3600))

    def hop(self) -> None:
        """Leaves for the next facility on the route and arrives there."""
        goal = self.route.pop(0)
        self._leave(goal)
        self.at += self.duration(self.here.city, goal.city)
        self.here = goal
        if goal.kind == "outlet":
            self.until(6, 19, goal.city)
            self.note("in_transit.arrived_dest_station")
            return
        last = self._is_last_leg and goal.city == self.leg.destination
        self.note("in_transit.arrived_dest_city" if last else "in_transit.arrived_hub")

    def _leave(self, goal: Stop) -> None:
        if self.here.kind == "outlet":
            self.wait(0.4, 2)
            self.until(16, 22, self.here.city)
            self.note("in_transit.departed_origin", None, goal)
            return
        self.wait(1.5, 5)
        if goal.kind == "outlet":
            self.until(2, 8, self.here.city)
        self.note("in_transit.departed_facility", None, goal)

    @property
    def _is_last_leg(self) -> bool:
        return self.leg_index == len(self.lane.legs) - 1

    def _route(self) -> list[Stop]:
        origin, destination = self.leg.origin, self.leg.destination
        if origin.country != destination.country and self.lane.market == "export":
            return [self.facility("outlet", origin), self.facility("hub", origin)]
        cities = [origin, *self._middle(origin, destination), destination]
        hubs = [self.facility("hub", city) for city in dict.fromkeys(cities)]
        district = self.district + 1
        goal = stop("outlet", destination.key, self.leg.carrier_key, district)
        return [self.facility("outlet", origin), *hubs, goal]

    def _middle(self, origin: City, destination: City) -> list[City]:
        far = distance_km(origin, destination)
        if far < _MIDDLE_HUB_FROM_KM or self._flies(far):
            return []
        hubs = (CITIES[key] for key in self.leg.carrier.hubs)
        through = {
            hub.key: distance_km(origin, hub) + distance_km(hub, destination) for hub in hubs
        }
        best = min(through, key=through.__getitem__)
        return [CITIES[best]] if through[best] < _MOST_DETOUR * far else []

    def _flies(self, far_km: float) -> bool:
        return far_km > (self.leg.carrier.fly_over_km or 1e9)

    def duration(self, one: City, other: City) -> timedelta:
        """How long the present carrier needs between two cities, by road or by air."""
        far = distance_km(one, other)
        if self._flies(far):
            hours = 4 + far / _AIR_KMH
        else:
            hours = 0.6 + max(far, 18) * _ROAD_DETOUR / self.leg.carrier.kmh
        return timedelta(seconds=int(hours * 3600 * self.chance.uniform(0.92, 1.25)))
