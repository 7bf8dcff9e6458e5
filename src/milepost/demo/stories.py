"""The story shipments: fixed numbers that the demo prints, one for each thing worth seeing."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from msgspec import Struct, convert

from milepost.demo.lane import Lane, Leg
from milepost.demo.world import CITIES


class StoryLeg(Struct, frozen=True, forbid_unknown_fields=True):
    """A leg of a story: `carrier` is a key of the carriers' table, `to` a city's key."""

    carrier: str
    number: str
    to: str


class Story(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`number` is the one that is printed; `zh` and `en` say in one line what it shows."""

    key: str
    number: str
    zh: str
    en: str
    scenario: str
    phase: str
    market: str
    origin: str
    legs: tuple[StoryLeg, ...]
    category: str | None = None

    def lane(self) -> Lane:
        """The lane with this story's own numbers."""
        cities = [CITIES[self.origin], *(CITIES[leg.to] for leg in self.legs)]
        legs = tuple(
            Leg(leg.carrier, leg.number, origin, destination)
            for leg, origin, destination in zip(self.legs, cities, cities[1:], strict=False)
        )
        return Lane(self.market, self.category, legs)


@cache
def stories() -> tuple[Story, ...]:
    """All stories in the order in which they are printed."""
    text = (files(__package__) / "stories.toml").read_text("utf-8")
    return convert(tomllib.loads(text)["story"], tuple[Story, ...])
