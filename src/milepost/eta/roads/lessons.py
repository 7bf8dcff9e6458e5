"""What one road teaches: counters and when each was earned. Pure: the same road, the same lessons.

So a road that has changed is taken out with the lessons it gave and put in with those it gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from milepost.eta.roads.model import DOOR, Node, Passage, Stay, band, hour_of_week
from milepost.eta.roads.sketch import BINS, TOTAL, bin_of

Key = tuple[str | int, ...]
Cell = int | str
Lesson = tuple[Key, Cell, int]
_LONGEST_S = 90 * 86_400


def lessons(passage: Passage) -> Iterator[Lesson]:
    """All of them: (what, which of it, second)."""
    yield from _moves(passage)
    yield from _waits(passage)
    if passage.done_s is not None:
        yield from _visits(passage, passage.done_s)


def _moves(passage: Passage) -> Iterator[Lesson]:
    stays = passage.stays
    for at, stay in enumerate(stays):
        following = stays[at + 1] if at + 1 < len(stays) else None
        to = following.node if following else DOOR
        until_s = following.arrived_s if following else passage.done_s
        if until_s is None:
            if stay.left:
                yield from _dwell(passage, stay, _role(at, last=False))
            return
        yield from _move(passage, stay, to, until_s)
        if stay.left:
            yield from _dwell(passage, stay, _role(at, last=following is None))
        for goal in passage.goals:
            yield ("flow", stay.node, goal), to, until_s


def _role(at: int, *, last: bool) -> str:
    """What a facility is to a road: where it begins, where it ends, or in between."""
    if at == 0:
        return "first"
    return "last" if last else "between"


def _move(passage: Passage, stay: Stay, to: str, until_s: int) -> Iterator[Lesson]:
    nodes = passage.nodes
    chain = edge_chain("pace", stay.node, to, nodes)
    yield from _lasting((*chain, ("held/node", stay.node)), stay.arrived_s, until_s, stay)
    if stay.left:
        chain = edge_chain("transit", stay.node, to, nodes)
        yield from _lasting(chain, stay.departed_s, until_s, stay)


def _dwell(passage: Passage, stay: Stay, role: str) -> Iterator[Lesson]:
    chain = dwell_chain(stay.node, role, passage.nodes)
    yield from _lasting(chain, stay.arrived_s, stay.departed_s, stay)


def edge_chain(kind: str, node: str, to: str, nodes: dict[str, Node]) -> tuple[Key, ...]:
    """From everything over the carrier and the class of move to the edge itself."""
    here = nodes.get(node)
    carrier = here.carrier if here else ""
    return (
        (f"{kind}/all",), (f"{kind}/carrier", carrier),
        (f"{kind}/class", carrier, band(here, nodes.get(to))), (f"{kind}/edge", node, to),
    )  # fmt: skip


def dwell_chain(node: str, role: str, nodes: dict[str, Node]) -> tuple[Key, ...]:
    """From everything over the carrier and the facility's part in the road to the facility."""
    here = nodes.get(node)
    carrier = here.carrier if here else ""
    return (
        ("dwell/all",), ("dwell/carrier", carrier), ("dwell/class", carrier, role),
        ("dwell/node", node),
    )  # fmt: skip


def wait_chain(node: str, code: int, nodes: dict[str, Node]) -> tuple[Key, ...]:
    """Until the next scan, after one with this status code."""
    here = nodes.get(node)
    carrier = here.carrier if here else ""
    return ("wait/all",), ("wait/carrier", carrier, code), ("wait/node", node, code)


def _lasting(chain: tuple[Key, ...], from_s: int, until_s: int, stay: Stay) -> Iterator[Lesson]:
    if not 0 <= until_s - from_s < _LONGEST_S:
        return
    step = bin_of(until_s - from_s)
    hour = hour_of_week(from_s, stay.offset_min)
    for key in chain:
        yield key, TOTAL * BINS + step, until_s
        # Hours are kept where they differ: at the thing itself.
        if str(key[0]).endswith(("/edge", "/node")):
            yield key, hour * BINS + step, until_s


def _waits(passage: Passage) -> Iterator[Lesson]:
    for scan, following in pairwise(passage.scans):
        kind = "stay" if scan.node == following.node else "move"
        yield from _wait(passage, scan.node, scan.code, f"{kind} {following.code}",
                         scan.at_s, following.at_s, scan.offset_min)  # fmt: skip
    if passage.scans and passage.done_s is not None:
        last = passage.scans[-1]
        yield from _wait(passage, last.node, last.code, f"door {passage.done_code}",
                         last.at_s, passage.done_s, last.offset_min)  # fmt: skip


def _wait(
    passage: Passage, node: str, code: int, came: str, from_s: int, until_s: int, offset_min: int
) -> Iterator[Lesson]:
    chain = wait_chain(node, code, passage.nodes)
    yield from _lasting(chain, from_s, until_s, Stay(node, from_s, until_s, offset_min))
    for key in chain[1:]:
        yield (f"after/{key[0]}", *key[1:]), came, until_s


def _visits(passage: Passage, done_s: int) -> Iterator[Lesson]:
    """Which facilities a whole road has come by; "" counts the roads."""
    ends: list[Key] = [("to", place) for place in passage.goals[1:]]
    ends += [("from", place) for place in passage.origins[1:]]
    ends += [pair] if (pair := pair_of(passage)) else []
    for end in ends:
        for node in {"": None, **dict.fromkeys(stay.node for stay in passage.stays)}:
            yield end, node, done_s


def pair_of(passage: Passage) -> Key | None:
    """From city to city, where both are known."""
    ends = [next((one for one in places if "//" in one), None)
            for places in (passage.origins, passage.goals)]  # fmt: skip
    return ("pair", ends[0], ends[1]) if ends[0] and ends[1] else None
