"""Rules that need the whole road: its places, evidence and clocks. One a file, found by being here.

A rule is a module with
- `check(whole, now_s, policy) -> Finding | None`: pure;
- `due(whole, policy) -> int | None`: the second from which the bare passing of time could make
  `check` speak, None if time alone never does.

They are asked off the hot path, for shipments that need care and for scans that bring what they
look at; see `engine/secondlook.py`.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol

from milepost.domain.alert import Finding, Policy
from milepost.domain.whole import Whole


class WholeRule(Protocol):
    """What every module in this package offers."""

    def check(self, whole: Whole, now_s: int, policy: Policy) -> Finding | None: ...

    def due(self, whole: Whole, policy: Policy) -> int | None: ...


@cache
def all_rules() -> dict[str, WholeRule]:
    """Every rule by its name, which is its file's."""
    names = sorted(module.name for module in iter_modules(__path__))
    return {name: import_module(f"{__name__}.{name}") for name in names}


def findings(
    whole: Whole, now_s: int, policy: Policy, located: Whole | None = None
) -> dict[str, Finding]:
    """All that they observe now, by rule. `located`: the same road with towns as positions too, for
    rules that are content with a town (`ROUGH`); the others need what a device has measured.
    """
    rough = located or whole
    found = (
        rule.check(rough if getattr(rule, "ROUGH", False) else whole, now_s, policy)
        for rule in all_rules().values()
    )
    return {finding.rule: finding for finding in found if finding is not None}


def next_due(whole: Whole, now_s: int, policy: Policy) -> int | None:
    """The first second after now at which time alone could make one speak."""
    times = [rule.due(whole, policy) for rule in all_rules().values()]
    return min((due_s for due_s in times if due_s is not None and due_s > now_s), default=None)


def problems() -> list[str]:
    """What is wrong with them, for `milepost check`."""
    return [
        f"rule {name} has no {part}"
        for name, rule in all_rules().items()
        for part in ("check", "due")
        if not hasattr(rule, part)
    ]
