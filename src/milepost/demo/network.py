"""The sample network: the same seed and start always give the same steps. Pure; no clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain

from milepost.demo.casting import Shipment, cast, cast_story, phases
from milepost.demo.chance import Chance
from milepost.demo.knowing import native_steps
from milepost.demo.loggers import logged_steps
from milepost.demo.placing import Span
from milepost.demo.pushing import pushed_steps, pushing_source
from milepost.demo.registering import registration_step
from milepost.demo.shape import RegisteredParcel, Registration, Step
from milepost.demo.stories import stories
from milepost.demo.trucks import truck_steps

__all__ = ["RegisteredParcel", "Registration", "Step", "network", "shipments_of"]


def network(
    *,
    seed: int,
    start: datetime,
    shipments: int = 300,
    days: int = 6,
    prehistory_days: int = 8,
) -> list[Step]:
    """All steps in the order in which they become known. `start` (aware) is the demo's beginning:
    steps up to it are history to be loaded at once, later ones are played live, up to `days` after.
    Raises ValueError for a naive `start`.
    """
    span = Span(_aware(start), days, prehistory_days)
    drawn = list(shipments_of(seed=seed, span=span, shipments=shipments))
    steps = list(chain.from_iterable(_steps(shipment, seed) for shipment in drawn))
    steps += truck_steps(drawn, span, seed)
    end = span.start + timedelta(days=days)
    return sorted((step for step in steps if step.at <= end), key=lambda step: step.at)


def shipments_of(*, seed: int, span: Span, shipments: int) -> Iterator[Shipment]:
    """The truth behind the steps: the stories first, then drawn shipments."""
    told = stories()[:shipments]
    for index, story in enumerate(told):
        yield cast_story(seed, index, story, span)
    wanted = phases(shipments, Chance.of(seed, "phases"))
    for story in told:
        wanted.remove(story.phase if story.phase in wanted else wanted[-1])
    yield from _drawn(seed, wanted, len(told), span)


def _drawn(seed: int, wanted: Iterable[str], first: int, span: Span) -> Iterator[Shipment]:
    for index, phase in enumerate(wanted, first):
        yield cast(seed, index, phase, span)


def _steps(shipment: Shipment, seed: int) -> Iterator[Step]:
    chance = Chance.of(seed, shipment.index, "telling")
    yield registration_step(shipment, chance)
    yield from logged_steps(shipment, Chance.of(seed, shipment.index, "logging"))
    source = pushing_source(shipment, chance)
    if source:
        yield from pushed_steps(shipment, source, chance)
        return
    for parcel in shipment.parcels:
        yield from native_steps(shipment, parcel, chance)


def _aware(start: datetime) -> datetime:
    if start.tzinfo is None:
        raise ValueError("the start of the demo needs an offset")
    return start
