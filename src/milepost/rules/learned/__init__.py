"""Rules that need what was learned or told elsewhere: how long customs usually takes, what an
address check found. One a file, each with a pure `check` that is given what it needs.
"""

from __future__ import annotations

from pkgutil import iter_modules
from typing import NamedTuple


class Usual(NamedTuple):
    """How long stays of a kind last: half, and nine of ten, at most. `samples`: as many are known;
    `of`: what they have in common (`port_goods`, `port`, `lane`, `country`).
    """

    p50_s: int
    p90_s: int
    samples: int
    of: str


class Doubt(NamedTuple):
    """What the check of an address found wrong, without saying what stands there. `parts`: the
    fields concerned; `reasons`: codes; `grave`: nothing can be delivered so.
    """

    parts: tuple[str, ...]
    reasons: tuple[str, ...]
    score_pm: int
    grave: bool


def names() -> list[str]:
    """Every rule's name, which is its file's."""
    return sorted(module.name for module in iter_modules(__path__))
