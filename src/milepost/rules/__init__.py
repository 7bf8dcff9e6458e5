"""Floor 1: exception rules, one a file, found by being here.

A rule is a module with
- `MAINS`: the main statuses in which it can hold;
- `TIMED`: whether on a plain road (no trouble status, flag, failed attempt or promise) it can
  speak at all, which then is from `due` on; the engine asks only these rules for most scans;
- `check(shipment, now_s, policy) -> Finding | None`: pure;
- `due(shipment, policy) -> int | None`: the second from which the bare passing of time could
  make `check` speak, None if time alone never does.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol

from milepost.domain.alert import Finding, Policy
from milepost.domain.shipment import Shipment
from milepost.domain.status import MAINS


class Rule(Protocol):
    """What every module in this package offers."""

    MAINS: frozenset[str]
    TIMED: bool

    def check(self, shipment: Shipment, now_s: int, policy: Policy) -> Finding | None: ...

    def due(self, shipment: Shipment, policy: Policy) -> int | None: ...


@cache
def all_rules() -> dict[str, Rule]:
    """Every rule by its name, which is its file's."""
    names = sorted(module.name for module in iter_modules(__path__) if not module.ispkg)
    return {name: import_module(f"{__name__}.{name}") for name in names}


@cache
def rules_for(main: str) -> tuple[Rule, ...]:
    """The rules that can hold while a shipment is in a main status."""
    return tuple(rule for rule in all_rules().values() if main in rule.MAINS)


@cache
def timed_rules(main: str) -> tuple[Rule, ...]:
    """Those of them that can speak on a plain road."""
    return tuple(rule for rule in rules_for(main) if rule.TIMED)


def problems() -> list[str]:
    """What is wrong with the rules, for `milepost check`."""
    found: list[str] = []
    for name, rule in all_rules().items():
        lacks = [part for part in ("MAINS", "TIMED", "check", "due") if not hasattr(rule, part)]
        found += [f"rule {name} has no {part}" for part in lacks]
        mains: frozenset[str] = getattr(rule, "MAINS", frozenset())
        unknown = mains - set(MAINS)
        found += [f"rule {name} names an unknown main: {main}" for main in sorted(unknown)]
    return found
