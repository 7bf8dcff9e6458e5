"""Draws what happens to each shipment, and when, so that the demo begins with a lively list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, timedelta

from msgspec import Struct

from milepost.demo.chance import Chance
from milepost.demo.lane import Lane, another_number, draw_lane, with_another_carrier
from milepost.demo.placing import Span, shift_into
from milepost.demo.stages import perform
from milepost.demo.stories import Story
from milepost.demo.tables import table
from milepost.demo.travel import Event, Travel

_ATTEMPTS = 200
_TRIES = 12
_BENT_FROM = 120  # attempts after which hours may be bent
_CATEGORIES: Mapping[str, Mapping[str | None, float]] = {
    "cn": {None: 76, "fragile": 8, "high_value": 6, "cold_chain": 5, "bulky": 5},
    "us": {None: 88, "fragile": 6, "high_value": 6},
    "eu": {None: 88, "fragile": 6, "high_value": 6},
    "export": {None: 1},
}


class Parcel(Struct, frozen=True):
    """One box: its lane and what truly happens to it, in order of time."""

    lane: Lane
    events: tuple[Event, ...]


class Shipment(Struct, frozen=True, kw_only=True):
    """One shipment of the network. `phase` is how its first parcel stands when the demo begins."""

    index: int
    scenario: str
    phase: str
    parcels: tuple[Parcel, ...]
    story: Story | None = None

    @property
    def lane(self) -> Lane:
        return self.parcels[0].lane


def phases(shipments: int, chance: Chance) -> list[str]:
    """A phase for each shipment, by the shares of `data/cast.toml`, in mixed order."""
    shares = {name: row["share"] for name, row in table("cast")["phase"].items()}
    drawn: list[str] = []
    total = 0.0
    for name, share in shares.items():
        total += share
        drawn += [name] * (round(total * shipments) - len(drawn))
    chance.shuffle(drawn)
    return drawn[:shipments]


def cast(seed: int, index: int, phase: str, span: Span) -> Shipment:
    """A shipment that is in this phase when the demo begins."""
    for attempt in range(_ATTEMPTS):
        # Several tries for one scenario: else those that fit easily would crowd out the others.
        market, scenario = _plan(phase, Chance.of(seed, index, "plan", attempt // _TRIES))
        chance = Chance.of(seed, index, attempt)
        exact = attempt >= _BENT_FROM
        shipment = _attempt(index, phase, market, scenario, span, chance, exact=exact)
        if shipment:
            return shipment
    raise RuntimeError(f"no scenario of {phase} fits into {span.prehistory_days} days")


def _plan(phase: str, chance: Chance) -> tuple[str, str]:
    """A market and a scenario that it has for this phase."""
    row = table("cast")["phase"][phase]
    markets = dict(row.get("markets", table("cast")["markets"]))
    if not row["abroad"]:
        del markets["export"]
    market = chance.weighted(markets)
    return market, chance.weighted(row["abroad" if market == "export" else "scenarios"])


def cast_story(seed: int, index: int, story: Story, span: Span) -> Shipment:
    """A story of `stories.toml` on its own lane; its hours are bent where they must be."""
    lane = story.lane()
    for attempt in range(_ATTEMPTS):
        chance = Chance.of(seed, "story", index, attempt)
        travel = _travel(lane, story.scenario, span, chance)
        exact = attempt >= _BENT_FROM
        shift = shift_into(travel.events, story.phase, span, chance, exact=exact)
        if shift is not None:
            parcel = Parcel(lane, _moved(travel.events, shift))
            return Shipment(
                index=index, scenario=story.scenario, phase=story.phase, parcels=(parcel,),
                story=story,
            )  # fmt: skip
    raise RuntimeError(f"the story {story.key} does not fit into {span.prehistory_days} days")


def _attempt(
    index: int, phase: str, market: str, scenario: str, span: Span, chance: Chance, *, exact: bool
) -> Shipment | None:
    category = "bulky" if scenario == "appointment" else chance.weighted(_CATEGORIES[market])
    lane = draw_lane(market, category, chance)
    travel = _travel(lane, scenario, span, chance)
    shift = shift_into(travel.events, phase, span, chance, exact=exact)
    if shift is None:
        return None
    first = Parcel(lane, _moved(travel.events, shift))
    others = tuple(_others(first, scenario, chance))
    return Shipment(index=index, scenario=scenario, phase=phase, parcels=(first, *others))


def _travel(lane: Lane, scenario: str, span: Span, chance: Chance) -> Travel:
    midnight = span.start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    ordered = midnight + timedelta(seconds=chance.randrange(86_400))
    travel = Travel(lane, ordered, chance)
    perform(travel, scenario)
    return travel


def _others(first: Parcel, scenario: str, chance: Chance) -> Iterator[Parcel]:
    """Further boxes of the same order, some by another carrier."""
    lane = first.lane
    if len(lane.legs) > 1 or not chance.hit(0.13):
        return
    for _ in range(1 + chance.hit(0.3)):
        if lane.category is None and chance.hit(0.4):
            other = with_another_carrier(lane, chance)
        else:
            other = another_number(lane, chance)
        travel = Travel(other, first.events[0].at, chance)
        perform(travel, scenario)
        yield Parcel(other, tuple(travel.events))


def _moved(events: list[Event], shift: timedelta) -> tuple[Event, ...]:
    return tuple(
        Event(event.kind, event.at + shift, event.leg, event.stop, event.next_stop)
        for event in events
    )
