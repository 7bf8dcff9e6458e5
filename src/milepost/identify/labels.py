"""What the words before a number call it."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

from msgspec import Struct

# Between a label and what it names: "no.", "#", "is:", "：".
_LEADS = re.compile(
    r"(?i)(?:[\s:#.,*_()\[\]/=>~\"'“”‘’-]|n[°ºo]\b|nr\b|№|num(?:ber|mer|[ée]ro)?\b|id\b|code\b|番号|번호|[号號][码碼]?"
    r"|\bis\b|\bwas\b|\bist\b|\blautet\b|\best\b|\bes\b|\bé\b|\bè\b|是|为|為|は|는|은)*"
)


class Label(Struct, frozen=True):
    """Where a label stands in a line, and whether it announces a tracking number."""

    start: int
    end: int
    tracking: bool


def labels(line: str) -> list[Label]:
    """The labels of a line, as they stand; of two in one place the longer."""
    small = line.lower()
    if len(small) != len(line):  # a few letters grow when they are made small
        small = line
    found = [
        Label(match.start(), match.end(), tracking)
        for pattern, tracking in _PATTERNS
        for match in pattern.finditer(small)
    ]
    found.sort(key=lambda one: (one.start, -one.end))
    kept, reached = [], 0
    for one in found:
        if one.end > reached:
            kept.append(one)
            reached = one.end
    return kept


def adjoins(line: str, label: Label, start: int) -> bool:
    """Whether nothing but "no.", "is" and marks stands between a label and what begins there."""
    return label.end <= start and _LEADS.fullmatch(line, label.end, start) is not None


def _compiled(name: str) -> re.Pattern[str]:
    table = tomllib.loads((files(__package__) / "labels.toml").read_text("utf-8"))
    return re.compile("|".join(f"(?:{one})" for one in table[name]))


_PATTERNS = ((_compiled("tracking"), True), (_compiled("other"), False))
