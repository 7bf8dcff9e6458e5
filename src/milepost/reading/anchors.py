"""Which words a pattern cannot match without.

Hundreds of patterns are tried on a text only where one of their anchors occurs in it, so that
reading costs the same however many languages are known.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable
from typing import Any

# The standard library's own parser of patterns; it has no public name.
_parser: Any = importlib.import_module("re._parser")

Anchors = frozenset[str]


def anchors(pattern: str) -> Anchors | None:
    """Literals one of which occurs in every match; None where no such set is found."""
    return _of_sequence(_parser.parse(pattern, re.UNICODE))


def _of_sequence(sequence: Iterable[Any]) -> Anchors | None:
    found: list[Anchors] = []
    run = ""
    for operation, argument in sequence:
        if str(operation) == "LITERAL":
            run += chr(argument)
            continue
        found.extend(_whole(run))
        run = ""
        inner = _of_item(str(operation), argument)
        if inner:
            found.append(inner)
    found.extend(_whole(run))
    return max(found, key=_worth, default=None)


def _whole(run: str) -> list[Anchors]:
    return [frozenset({run})] if run.strip() else []


def _of_item(operation: str, argument: Any) -> Anchors | None:
    if operation == "SUBPATTERN":
        return _of_sequence(argument[-1])
    if operation == "BRANCH":
        return _union([_of_sequence(branch) for branch in argument[1]])
    if operation in ("MAX_REPEAT", "MIN_REPEAT") and argument[0] > 0:
        return _of_sequence(argument[2])
    return None


def _union(parts: list[Anchors | None]) -> Anchors | None:
    if any(part is None for part in parts):
        return None
    return frozenset().union(*(part for part in parts if part))


def _worth(literals: Anchors) -> tuple[int, int]:
    """Longer is rarer; a Chinese character says as much as three letters."""
    shortest = min(sum(1 if char.isascii() else 3 for char in literal) for literal in literals)
    return min(shortest, 6), -len(literals)
