"""Which one action comes next; the table is `next_step.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from milepost.stores.postgres.console.worries import Worry


class Next(Struct, frozen=True):
    """`action`: an act of `acts.py`, or `look` and `work`, which go to the case."""

    action: str

    @property
    def goes(self) -> bool:
        """Whether it is a page to go to."""
        return self.action in ("look", "work")


class _Step(Struct, frozen=True, forbid_unknown_fields=True):
    action: str
    rules: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    case: bool | None = None
    waits_for: str | None = None

    def fits(self, one: Worry) -> bool:
        return (
            (self.case is None or self.case == (one.case_id is not None))
            and (self.waits_for is None or self.waits_for == one.waits_for)
            and (not self.rules or not self.rules.isdisjoint(one.rules))
            and (not self.kinds or one.case_kind in self.kinds)
        )


@cache
def steps() -> tuple[_Step, ...]:
    table = tomllib.loads((files(__package__) / "next_step.toml").read_text("utf-8"))
    return msgspec.convert(table["step"], tuple[_Step, ...])


def next_of(one: Worry) -> Next:
    """The first step of the table that fits."""
    return Next(next(step.action for step in steps() if step.fits(one)))
