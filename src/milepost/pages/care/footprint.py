"""The carbon footprint and the points of a road, in the reader's language."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

from msgspec import Struct, convert

from milepost.carbon.model import Carbon, LegCarbon
from milepost.domain.track import Track
from milepost.locale import units
from milepost.locale.notifying import say
from milepost.pages.view.reader import Reader
from milepost.pages.view.towns import town

_MG_PER_G = 1000
_TOWN = re.compile(r"(?P<nearest>.+?)(?:, .+?)*?(?:, (?P<country>[A-Z]{2}))?")


class Point(Struct, frozen=True):
    """What made a road lighter, and what it counts."""

    name: str
    worth: int


POINTS = convert(
    tomllib.loads((files(__package__) / "points.toml").read_text("utf-8"))["points"], list[Point]
)


class Footprint(Struct, frozen=True, kw_only=True):
    """In sentences, one line a leg as (what, how far, how much), and points as (why, how many)."""

    text: str
    legs: list[tuple[str, str, str]]
    points: list[tuple[str, int]]

    @property
    def total(self) -> int:
        """All points together."""
        return sum(worth for _, worth in self.points)


def footprint(carbon: Carbon, track: Track, reader: Reader) -> Footprint:
    """Well-to-wheel emissions with the name of their factors, leg by leg."""

    def mass(grams: float) -> str:
        return units.mass(grams, reader.locale, reader.system)

    low, high = mass(carbon.low_g), mass(carbon.high_g)
    said = [
        say("carbon.line", reader.locale, mass=mass(carbon.wtw_g), factors=carbon.factors),
        say("carbon.range", reader.locale, low=low, high=high),
    ]
    assumed = [leg.weight_g for leg in carbon.legs if "weight_assumed" in leg.assumptions]
    said += [say("carbon.weight", reader.locale, mass=mass(grams)) for grams in assumed[:1]]
    return Footprint(
        text=reader.text("arrival.sentences").join(said),
        legs=[
            (
                _what(leg, reader),
                reader.distance(leg.distance_m),
                mass(leg.wtw_mg / _MG_PER_G),
            )
            for leg in carbon.legs
        ],
        points=[
            (say(f"carbon.point.{one.name}", reader.locale), one.worth)
            for one in points(carbon, track)
        ],
    )


def points(carbon: Carbon, track: Track) -> list[Point]:
    """Those that the record of a delivered parcel earns; none before, and none on a guess."""
    if track.status.main != "delivered":
        return []
    earned = {
        "no_flight": all(leg.mode != "air" for leg in carbon.legs) and not carbon.unknown,
        "collected": any(event.main == "available_for_pickup" for event in track.events),
        "first_try": all(event.main != "attempt_failed" for event in track.events),
    }
    return [one for one in POINTS if earned[one.name]]


def _what(leg: LegCarbon, reader: Reader) -> str:
    """`Truck: Atlanta – Chicago`."""
    mode = say(f"carbon.mode.{leg.mode}", reader.locale)
    named = (_end(end, reader) for end in (leg.origin, leg.destination))
    ends = " – ".join(filter(None, named))
    return f"{mode} · {ends}" if ends else mode


def _end(name: str | None, reader: Reader) -> str | None:
    """`Yiwu` for `义乌, CN`, if that is what the reader can read."""
    found = _TOWN.fullmatch(name or "")
    said = town(found["nearest"], found["country"], reader.locale) if found else name
    return str(reader.apart(said)) if said else said
