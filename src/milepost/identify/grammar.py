"""A number format as a tree of character sets.

A tree (unlike a compiled regex) can be weighed: how likely is a random string to fit? That is
what makes the identification's probabilities honest.
"""

from __future__ import annotations

import string
from collections.abc import Mapping

from msgspec import Struct

ALPHABET = string.digits + string.ascii_uppercase + "-"


class GrammarError(ValueError):
    """A format's regex uses something outside the supported part."""


class Chars(Struct, frozen=True):
    """One character out of a set."""

    members: str


class Sequence(Struct, frozen=True):
    parts: tuple[Node, ...]


class Choice(Struct, frozen=True):
    options: tuple[Node, ...]


class Repeat(Struct, frozen=True):
    node: Node
    least: int
    most: int


class Group(Struct, frozen=True):
    name: str
    node: Node


Node = Chars | Sequence | Choice | Repeat | Group


def masses(node: Node, odds: Mapping[str, float]) -> dict[int, float]:
    """By length: the probability that random characters drawn by `odds` fit `node`."""
    match node:
        case Chars(members):
            return {1: sum(odds.get(char, 0.0) for char in members)}
        case Group(_, inner):
            return masses(inner, odds)
        case Choice(options):
            return _sum([masses(option, odds) for option in options])
        case Sequence(parts):
            return _product([masses(part, odds) for part in parts])
        case Repeat(inner, least, most):
            one = masses(inner, odds)
            return _sum([_product([one] * count) for count in range(least, most + 1)])


def group(node: Node, name: str) -> Node | None:
    """The inside of the group `name`, or None."""
    match node:
        case Group(own, inner):
            return inner if own == name else group(inner, name)
        case Choice(children) | Sequence(children):
            found = (group(child, name) for child in children)
            return next((inner for inner in found if inner is not None), None)
        case Repeat(inner, _, _):
            return group(inner, name)
    return None


def alphabet(node: Node) -> frozenset[str]:
    """Every character that some string of `node` holds."""
    match node:
        case Chars(members):
            return frozenset(members)
        case Choice(children) | Sequence(children):
            return frozenset().union(*map(alphabet, children))
        case Group(_, inner) | Repeat(inner, _, _):
            return alphabet(inner)


def first(node: Node) -> frozenset[str]:
    """Every character that a string of `node` may start with."""
    match node:
        case Chars(members):
            return frozenset(members)
        case Choice(options):
            return frozenset().union(*map(first, options))
        case Group(_, inner) | Repeat(inner, _, _):
            return first(inner)
        case Sequence(parts):
            needed = next((i for i, part in enumerate(parts) if not _optional(part)), len(parts))
            return frozenset().union(*map(first, parts[: needed + 1]))


def _optional(node: Node) -> bool:
    return isinstance(node, Repeat) and node.least == 0


def _sum(tables: list[dict[int, float]]) -> dict[int, float]:
    total: dict[int, float] = {}
    for table in tables:
        for length, mass in table.items():
            total[length] = total.get(length, 0.0) + mass
    return total


def _product(tables: list[dict[int, float]]) -> dict[int, float]:
    total = {0: 1.0}
    for table in tables:
        total = _sum([{a + b: x * y for b, y in table.items()} for a, x in total.items()])
    return total
