"""What the goods need on their way: labels, steps of their own, and what to have ready."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from milepost.domain.care import CATEGORIES
from milepost.domain.status import STATUSES
from milepost.domain.track import CareView, Track
from milepost.engine.checked import goods_of
from milepost.locale import dates
from milepost.locale.catalogue import DEFAULT, has
from milepost.pages.ports import ColdChain
from milepost.pages.view.care_stage import (
    MISSING,
    OPEN,
    Stage,
    border_of,
    of_checks,
    of_cooling,
    of_curve,
    of_entry,
    of_export,
    of_haul,
)
from milepost.pages.view.cold import CurveView
from milepost.pages.view.reader import Reader
from milepost.pages.view.steps import reached
from milepost.pages.view.times import parse

_WORDS = {
    "reached": "step.reached", "current": "step.current", "open": "step.open",
    "missing": "goods.missing", "trouble": "goods.trouble",
}  # fmt: skip
# Their category's name says the same.
_SAID_BY_KIND = {category for category in CATEGORIES if not has(f"goods.label.{category}", DEFAULT)}
# The step of the road from which on silence about a tenant's own step means "not reported".
_AT_THE_DOOR = 4
_BORDER = {"export_customs": of_export, "line_haul": of_haul, "import_customs": of_entry}


class CareNode(Struct, frozen=True):
    """`state` is `reached`, `current`, `open`, `missing` (its time has passed and nobody has told)
    or `trouble`; `word` says it, and `day` when.
    """

    label: str
    state: str
    word: str
    day: str | None


class GoodsView(Struct, frozen=True):
    """A category: its name, what else its label says, its steps, and what the buyer should have
    ready while it is still to come.
    """

    name: str
    labels: tuple[str, ...]
    ready: str | None
    nodes: tuple[CareNode, ...]


class _Node(Struct, frozen=True):
    """See `care_nodes.toml`."""

    checks: tuple[str, ...]
    until: int


@cache
def _nodes() -> dict[str, _Node]:
    text = (files(__package__) / "care_nodes.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, _Node])


class Measured(Struct, frozen=True):
    """What sensors measured, and the curve that it makes, where it makes one."""

    cold: ColdChain | None = None
    curve: CurveView | None = None


def care_view(track: Track, reader: Reader, measured: Measured) -> list[GoodsView]:
    """One for each category of the shipment; none where it has none."""
    found = track.care or goods_of(track.categories)
    return [_goods(one, track, reader, measured) for one in found]


def _goods(care: CareView, track: Track, reader: Reader, measured: Measured) -> GoodsView:
    over = _over(track)
    stages = [(name, stage_of(name, track, measured)) for name in care.nodes]
    return GoodsView(
        name=reader.text(f"goods.kind.{care.category}"),
        labels=tuple(
            _named("label", one, reader) for one in care.labels if one not in _SAID_BY_KIND
        ),
        ready=None if over else reader.text(f"goods.ready.{care.category}"),
        nodes=tuple(
            _shown(name, stage, reader)
            for name, stage in stages
            if not (_turned(track) and stage.state in (OPEN, MISSING))
        ),
    )


def stage_of(node: str, track: Track, measured: Measured) -> Stage:
    """Where a step stands, by what the record knows of it."""
    if node in _BORDER:
        return _BORDER[node](border_of(track))
    if node == "temperature_curve":
        curve = measured.curve
        broken = curve is not None and curve.broken
        return of_curve(track, measured=curve is not None, broken=broken, done=_done(track))
    told = _nodes().get(node) or _Node(checks=(node,), until=_AT_THE_DOOR)
    stage = of_checks(track, told.checks, late=reached(track) >= told.until)
    return of_cooling(track, measured.cold, stage) if node == "pre_cooled" else stage


def _shown(name: str, stage: Stage, reader: Reader) -> CareNode:
    return CareNode(
        label=_named("node", name, reader),
        state=stage.state,
        word=reader.text(_WORDS[stage.state]),
        day=_day(stage.at, reader),
    )


def _named(what: str, name: str, reader: Reader) -> str:
    """A label or a step; one that a tenant has made bears the name that it was given."""
    key = f"goods.{what}.{name}"
    return reader.text(key) if has(key, DEFAULT) else name.replace("_", " ")


def _day(at: str | None, reader: Reader) -> str | None:
    if at is None:
        return None
    stamp = parse(at)
    return dates.short(stamp.day, reader.locale, stamp.today(reader.now))


def _done(track: Track) -> bool:
    return track.status.main == "delivered"


def _turned(track: Track) -> bool:
    """Whether it does not come any more: what was ahead is not to come."""
    return not _done(track) and _over(track)


def _over(track: Track) -> bool:
    status = STATUSES.get(track.status.sub)
    ended = status is not None and status.final
    return ended or track.status.main in ("returning", "returned", "expired")
