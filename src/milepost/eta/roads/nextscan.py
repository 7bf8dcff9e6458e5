"""The next scan: where, what and when, with odds."""

from __future__ import annotations

from msgspec import Struct

from milepost.eta.roads.flows import onward
from milepost.eta.roads.lessons import wait_chain
from milepost.eta.roads.model import DOOR, Node, Passage
from milepost.eta.roads.sketch import evidence, points, quantile
from milepost.eta.roads.times import Moment

_PRIOR = 4.0
_MOST = 5


class Candidate(Struct, frozen=True, kw_only=True):
    """One thing that may come next. `node` is None at the door; `code` is a status code."""

    node: Node | None
    code: int
    odds_pm: int


class NextScan(Struct, frozen=True, kw_only=True):
    """`candidates`, the likeliest first; by `p10_s` one in ten such scans has come.

    `evidence`: how many such scans at this facility stand behind it.
    """

    candidates: tuple[Candidate, ...]
    p10_s: int
    p50_s: int
    p90_s: int
    evidence: int


def next_scan(moment: Moment, passage: Passage) -> NextScan | None:
    """Of a road that is still on its way; None where nothing like it was seen."""
    if not passage.open or not passage.scans:
        return None
    last = passage.scans[-1]
    odds = _places(moment, passage, _kinds(moment, last.node, last.code))
    if not odds:
        return None
    nodes = moment.network.nodes | passage.nodes
    ranked = sorted(odds.items(), key=lambda item: (-item[1], item[0]))[:_MOST]
    left = points(
        moment.wait(last.node, last.code, last.at_s, last.offset_min),
        max(0, moment.now_s - last.at_s),
    )
    low, middle, high = (moment.now_s + quantile(left, pm) for pm in (100, 500, 900))
    key = ("wait/node", last.node, last.code)
    return NextScan(
        candidates=tuple(
            Candidate(node=nodes.get(node), code=code, odds_pm=round(1000 * one))
            for (node, code), one in ranked
        ),
        p10_s=low, p50_s=middle, p90_s=high,
        evidence=round(evidence(moment.cells(key), moment.unit)),
    )  # fmt: skip


def _kinds(moment: Moment, node: str, code: int) -> dict[str, float]:
    """The odds of what comes after such a scan: `stay 10`, `move 11`, `door 26`."""
    odds: dict[str, float] = {}
    for key in wait_chain(node, code, moment.network.nodes)[1:]:
        counts = moment.cells((f"after/{key[0]}", *key[1:]))
        total = sum(counts.values()) / moment.unit
        if not total:
            continue
        prior = _PRIOR if odds else 0.0
        odds = {
            came: (counts.get(came, 0) / moment.unit + prior * odds.get(came, 0.0))
            / (total + prior)
            for came in odds.keys() | counts.keys()
        }
    return odds


def _places(
    moment: Moment, passage: Passage, kinds: dict[str, float]
) -> dict[tuple[str, int], float]:
    here = passage.scans[-1].node
    onto = onward(moment, here, passage.goals, passage.announced)
    onto.pop(DOOR, None)
    moving = sum(onto.values())
    odds: dict[tuple[str, int], float] = {}
    for came, share in kinds.items():
        kind, _, code = came.partition(" ")
        if kind == "move":
            for to, one in onto.items():
                odds[to, int(code)] = odds.get((to, int(code)), 0.0) + share * one / moving
        else:
            odds[here if kind == "stay" else DOOR, int(code)] = share
    whole = sum(odds.values())
    return {what: one / whole for what, one in odds.items()} if whole else {}
