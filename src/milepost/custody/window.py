"""The time in which it can have happened: from the last proof that all was well to the first that
it was not, or, for a temperature, as long as it was measured to be wrong. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from msgspec import Struct

from milepost.custody.archive import Node
from milepost.custody.flaws import Flaw

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
    from_s: int
    until_s: int | None
    source: str
    detail: dict[str, Any] = {}


class Bound(Struct, frozen=True):
    """One end of the window: `event` shows it, None where no scan does."""

    at_s: int | None
    event: str | None


class Window(Struct, frozen=True):
    """Both ends; None where nothing tells. `proven`: that all was well at its beginning, and that
    it was not at its end.
    """

    began: Bound
    ended: Bound
    proven: tuple[bool, bool] = (True, True)

    def holds(self, at_s: int | None) -> bool:
        """Whether a moment lies in it."""
        after = self.began.at_s is None or (at_s or 0) >= self.began.at_s
        return after and (self.ended.at_s is None or (at_s or 0) <= self.ended.at_s)

    def overlap_s(self, from_s: int, until_s: int | None) -> int | None:
        """Seconds of a stretch that lie in it; None if it lies outside. A stretch that begins
        where a longer window ends lies outside: what its holder found was there when he took it.
        """
        start = from_s if self.began.at_s is None else max(from_s, self.began.at_s)
        ends = [one for one in (until_s, self.ended.at_s) if one is not None]
        end = min(ends) if ends else start
        if end > start:
            return end - start
        moment = self.began.at_s is None or self.began.at_s == self.ended.at_s
        lasts = self.ended.at_s is None or start < self.ended.at_s
        return 0 if end == start == from_s and (moment or lasts) else None


def window_of(
    problem: Problem, nodes: Sequence[Node], anomalies: Sequence[Anomaly], now_s: int | None
) -> Window:
    """`nodes`: those that stand, in the order of time."""
    return _measured(problem, anomalies, now_s) or _scanned(problem, nodes, now_s)


def unproven(problem: Problem, window: Window) -> Iterator[Flaw]:
    """What nobody has shown, though the answer hangs on it."""
    began, ended = window.began, window.ended
    if not window.proven[0] and problem in ("damage", "temperature") and began.event:
        yield Flaw(
            kind="unproven_start", text="nothing shows that all was well at its first scan",
            from_s=began.at_s, until_s=began.at_s, events=(began.event,),
        )  # fmt: skip
    if not window.proven[1] and problem in ("damage", "temperature"):
        yield Flaw(
            kind="unproven_end", text="no scan and no sensor says that anything was wrong",
            from_s=ended.at_s, until_s=ended.at_s, events=(),
        )  # fmt: skip


def _measured(problem: Problem, anomalies: Sequence[Anomaly], now_s: int | None) -> Window | None:
    """What sensors measured tells its own times; a photograph says nothing of warmth."""
    found = [one for one in anomalies if one.kind == "temperature_excursion"]
    if problem != "temperature" or not found:
        return None
    ends = [one.until_s if one.until_s is not None else now_s for one in found]
    last = max((end for end in ends if end is not None), default=None)
    return Window(Bound(min(one.from_s for one in found), None), Bound(last, None))


def _scanned(problem: Problem, nodes: Sequence[Node], now_s: int | None) -> Window:
    bad = _first_bad(problem, nodes)
    until = Bound(bad.at_s if bad else now_s, bad.event if bad else None)
    first = _bound(nodes[0]) if nodes else Bound(None, None)
    if problem == "delay":
        done = [one for one in nodes if one.main == "delivered"]
        return Window(first, _bound(done[-1]) if done else until)
    good = [one for one in nodes if _proves_good(problem, one) and _before(one, until.at_s)]
    return Window(_bound(good[-1]) if good else first, until, (bool(good), bad is not None))


def _first_bad(problem: Problem, nodes: Sequence[Node]) -> Node | None:
    """The first scan that says so; what was lost and is scanned again had not been lost."""
    bad = [one for one in nodes if one.sub in _BAD[problem] or _says(problem, one)]
    if problem == "loss" and bad:
        seen = [one.at_s or 0 for one in nodes if _proves_good(problem, one)]
        bad = [one for one in bad if (one.at_s or 0) >= max(seen, default=0)]
    return bad[0] if bad else None


def _bound(node: Node) -> Bound:
    return Bound(node.at_s, node.event)


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


def _before(node: Node, at_s: int | None) -> bool:
    return at_s is None or (node.at_s is not None and node.at_s < at_s)
