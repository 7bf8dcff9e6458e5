"""Why an option stands where it stands, as codes with their texts."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
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
    """Best of all in something; nothing is best where there is no choice."""
    if len(all_of) < 2:
        return []
    rivals = [other for other in all_of if other.price.currency == one.price.currency]
    times = [time for other in all_of if (time := p90(other)) is not None]
    grams = [other.carbon[0] for other in all_of if other.carbon]
    kept = [other.record.kept_pm for other in all_of if other.record and other.record.kept_pm]
    mine = one.record.kept_pm if one.record else None
    cheapest = min(other.price.total_minor for other in rivals)
    return [
        ("cheapest", one.price.total_minor == cheapest and len(rivals) > 1),
        ("fastest", bool(times) and p90(one) == min(times)),
        ("most_reliable", bool(kept) and mine == max(kept)),
        ("greenest", one.carbon is not None and one.carbon[0] == min(grams)),
    ]
