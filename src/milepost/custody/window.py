"""The time in which it can have happened: from the last proof that all was well to the first that
it was not, or, for a temperature, as long as it was measured to be wrong. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from milepost.custody.archive import Node
from milepost.custody.flaws import Flaw
from milepost.custody.holding import at_of

Problem = Literal["damage", "loss", "temperature", "delay"]
PROBLEMS: tuple[Problem, ...] = ("damage", "loss", "temperature", "delay")
_BAD = {
    "damage": {"exception.damaged", "exception.destroyed"},
    "loss": {"exception.lost"},
    "temperature": set[str](),
    "delay": set[str](),
}
_GOOD_STATES = {"good", "intact", "sealed"}
# Somebody looked at the goods: a code, an identity or a signature at the door shows who took
# them, not that he opened the parcel first.
_LOOKED_AT = {"photograph", "footage"}
# Scans that only a parcel that is there can have; other exceptions are said at a desk.
_THERE = {
    "picked_up", "in_transit", "customs", "out_for_delivery", "attempt_failed",
    "available_for_pickup", "returning", "returned",
}  # fmt: skip


class Anomaly(Struct, frozen=True, kw_only=True):
    """What a sensor or an alert says happened: `kind` as the rule is called."""

    kind: str
    since: datetime
    until: datetime | None
    source: str
    detail: dict[str, Any] = {}


class Bound(Struct, frozen=True):
    """One end of the window: `event` shows it, None where no scan does."""

    at: datetime | None
    event: str | None


class Window(Struct, frozen=True):
    """Both ends; None where nothing tells. `proven`: that all was well at its beginning, and that
    it was not at its end.
    """

    began: Bound
    ended: Bound
    proven: tuple[bool, bool] = (True, True)

    def holds(self, at: datetime) -> bool:
        """Whether a moment lies in it."""
        after = self.began.at is None or at >= self.began.at
        return after and (self.ended.at is None or at <= self.ended.at)

    def overlap_s(self, since: datetime, until: datetime | None) -> float | None:
        """Seconds of a stretch that lie in it; None if it lies outside. A stretch that begins
        where a longer window ends lies outside: what its holder found was there when he took it.
        """
        start = since if self.began.at is None else max(since, self.began.at)
        ends = [one for one in (until, self.ended.at) if one is not None]
        end = min(ends) if ends else start
        if end > start:
            return (end - start).total_seconds()
        moment = self.began.at is None or self.began.at == self.ended.at
        lasts = self.ended.at is None or start < self.ended.at
        return 0 if end == start == since and (moment or lasts) else None


def window_of(
    problem: Problem, nodes: Sequence[Node], anomalies: Sequence[Anomaly], now: datetime | None
) -> Window:
    """`nodes`: those that stand, in the order of time."""
    return _measured(problem, anomalies, now) or _scanned(problem, nodes, now)


def unproven(problem: Problem, window: Window) -> Iterator[Flaw]:
    """What nobody has shown, though the answer hangs on it."""
    began, ended = window.began, window.ended
    if not window.proven[0] and problem in ("damage", "temperature") and began.event:
        yield Flaw(
            kind="unproven_start", text="nothing shows that all was well at its first scan",
            since=began.at, until=began.at, events=(began.event,),
        )  # fmt: skip
    if not window.proven[1] and problem in ("damage", "temperature"):
        yield Flaw(
            kind="unproven_end", text="no scan and no sensor says that anything was wrong",
            since=ended.at, until=ended.at, events=(),
        )  # fmt: skip


def _measured(
    problem: Problem, anomalies: Sequence[Anomaly], now: datetime | None
) -> Window | None:
    """What sensors measured tells its own times; a photograph says nothing of warmth."""
    found = [one for one in anomalies if one.kind == "temperature_excursion"]
    if problem != "temperature" or not found:
        return None
    ends = [one.until if one.until is not None else now for one in found]
    last = max((end for end in ends if end is not None), default=None)
    return Window(Bound(min(one.since for one in found), None), Bound(last, None))


def _scanned(problem: Problem, nodes: Sequence[Node], now: datetime | None) -> Window:
    bad = _first_bad(problem, nodes)
    until = Bound(bad.instant if bad else now, bad.event if bad else None)
    first = _bound(nodes[0]) if nodes else Bound(None, None)
    if problem == "delay":
        done = [one for one in nodes if one.main == "delivered"]
        return Window(first, _bound(done[-1]) if done else until)
    good = [one for one in nodes if _proves_good(problem, one) and _before(one, until.at)]
    return Window(_bound(good[-1]) if good else first, until, (bool(good), bad is not None))


def _first_bad(problem: Problem, nodes: Sequence[Node]) -> Node | None:
    """The first scan that says so; what was lost and is scanned again had not been lost."""
    bad = [one for one in nodes if one.sub in _BAD[problem] or _says(problem, one)]
    if problem == "loss" and bad:
        seen = [at_of(one) for one in nodes if _proves_good(problem, one)]
        bad = [one for one in bad if not seen or at_of(one) >= max(seen)]
    return bad[0] if bad else None


def _bound(node: Node) -> Bound:
    return Bound(node.instant, node.event)


def _says(problem: Problem, node: Node) -> bool:
    return problem == "damage" and node.state == "damaged"


def _proves_good(problem: Problem, node: Node) -> bool:
    """For a loss a scan proves that it was there, but that it was handed over needs more than a
    courier's word; else somebody must have looked at it. Nobody sees that goods have been warm.
    """
    if problem == "loss":
        given = node.main == "delivered" and bool(node.evidence)
        return given or node.main in _THERE or node.sub == "exception.damaged"
    if problem == "temperature":
        return False
    looked = {one.partition(":")[0] for one in node.evidence} & _LOOKED_AT
    return node.state in _GOOD_STATES or (bool(looked) and not _says(problem, node))


def _before(node: Node, at: datetime | None) -> bool:
    return at is None or at_of(node) < at
