"""Why an option stands where it stands, as codes with their texts."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files

from milepost.engine.choice import FEW, Candidate, Order
from milepost.engine.ranking import p90

_DAMAGE_HIGH_PM, _HELD_HIGH_PM = 20, 100
_FEWEST_TIMES = 3  # once or twice is not often

TEXTS: Mapping[str, dict[str, str]] = tomllib.loads(
    (files(__package__) / "recommend.toml").read_text("utf-8")
)


def why(one: Candidate, all_of: Sequence[Candidate], order: Order) -> list[str]:
    """Codes of all that is worth saying."""
    codes = [code for code, best in _bests(one, all_of) if best]
    record = one.record
    if record is None:
        codes.append("guess")
    elif record.samples < FEW:
        codes.append("few_samples")
    if record is not None and _often(record.damaged_pm, record.samples, _DAMAGE_HIGH_PM):
        codes.append("often_damaged")
    if record is not None and _often(record.customs_held_pm, record.samples, _HELD_HIGH_PM):
        codes.append("often_held")
    most = p90(one)
    if order.within_h is not None and most is not None and most > order.within_h:
        codes.append("may_miss_promise")
    if one.price.charged_g > order.weight_g:
        codes.append("charged_by_volume")
    if len({other.price.currency for other in all_of}) > 1:
        codes.append("other_currency")
    return codes


def _often(pm: int | None, samples: int, high_pm: int) -> bool:
    return pm is not None and pm >= high_pm and round(pm * samples / 1000) >= _FEWEST_TIMES


def _bests(one: Candidate, all_of: Sequence[Candidate]) -> list[tuple[str, bool]]:
    """Best of all in something; what most of them share sets nobody apart."""
    rivals = [other for other in all_of if other.price.currency == one.price.currency]
    return [
        ("cheapest", _sets_apart(one, rivals, lambda other: other.price.total_minor)),
        ("fastest", _sets_apart(one, all_of, p90)),
        ("most_reliable", _sets_apart(one, all_of, _broken_pm)),
        ("greenest", _sets_apart(one, all_of, lambda x: x.carbon[0] if x.carbon else None)),
    ]


def _broken_pm(one: Candidate) -> int | None:
    kept = one.record.kept_pm if one.record else None
    return 1000 - kept if kept else None


def _sets_apart(
    one: Candidate, all_of: Sequence[Candidate], figure: Callable[[Candidate], float | None]
) -> bool:
    """Whether its figure is the least, and at most half of those who have one share it."""
    figures = [each for other in all_of if (each := figure(other)) is not None]
    mine = figure(one)
    return mine is not None and mine == min(figures) and 2 * figures.count(mine) <= len(figures)
