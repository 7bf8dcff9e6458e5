"""How options compare: each criterion against the best of them, weighted by what is preferred."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from milepost.engine.choice import FEW, Candidate, Order, Preference

# Until a carrier has shown otherwise.
_KEPT_PM, _DAMAGED_PM = 800, 5
# So that free and carbonless options can be compared as well.
_NOTHING = 1e-3

WEIGHTS: Mapping[Preference, tuple[float, float, float, float]] = {
    "cheap": (0.70, 0.12, 0.13, 0.05),
    "fast": (0.12, 0.68, 0.15, 0.05),
    "reliable": (0.12, 0.13, 0.70, 0.05),
    "green": (0.12, 0.08, 0.10, 0.70),
    "balanced": (0.30, 0.25, 0.30, 0.15),
}


def worths(candidates: Sequence[Candidate], order: Order, weights: Sequence[float]) -> list[float]:
    """Each criterion from 0 (worst of the options) to 1 (best), weighted."""
    currencies = {one.price.currency for one in candidates}
    # Prices in two currencies cannot be compared without a rate, so none of them counts.
    prices = [float(one.price.total_minor) if len(currencies) == 1 else None for one in candidates]
    columns = [
        _shares(prices),
        _shares([p90(one) for one in candidates]),
        _shares([_failing(one, order) for one in candidates]),
        _shares([float(one.carbon[0]) if one.carbon else None for one in candidates]),
    ]
    return [
        sum(weight * share for weight, share in zip(weights, shares, strict=True))
        for shares in zip(*columns, strict=True)
    ]


def _shares(values: Sequence[float | None]) -> list[float]:
    """1 for the smallest, a half for twice that, and so on; a half where it is not known.

    So one option that is far off does not make the others look alike.
    """
    least = min((value for value in values if value is not None), default=0.0)
    return [0.5 if value is None else (least + _NOTHING) / (value + _NOTHING) for value in values]


def p90(one: Candidate) -> float | None:
    """Hours that nine of ten need at most, by record or guess."""
    if one.record is not None:
        return one.record.p90_h
    return one.guessed.p90_h if one.guessed is not None else None


def p50(one: Candidate) -> float | None:
    """Hours that half of them need at most."""
    if one.record is not None:
        return one.record.p50_h
    return one.guessed.p50_h if one.guessed is not None else None


def _failing(one: Candidate, order: Order) -> float:
    """Odds that it comes late, damaged or is held; a short record weighs little."""
    record = one.record
    in_time = in_time_pm(one, order)
    kept = _first(in_time, record.kept_pm if record else None, _KEPT_PM)
    damaged = _first(record.damaged_pm if record else None, _DAMAGED_PM)
    held = _first(record.customs_held_pm if record else None, 0)
    odds = kept / 1000 * (1 - damaged / 1000) * (1 - held / 2000)
    samples = record.samples if record else 0
    return 1 - (odds * samples + _KEPT_PM / 1000 * FEW) / (samples + FEW)


def _first(*values: int | None) -> int:
    return next(value for value in values if value is not None)


def in_time_pm(one: Candidate, order: Order) -> int | None:
    """Odds of `within_h`, read off P50 and P90 along a straight line; never beyond 1 to 99 %."""
    half, most = p50(one), p90(one)
    if order.within_h is None or half is None or most is None:
        return None
    spread = max(most - half, 0.1)
    return round(min(990.0, max(10.0, 500 + 400 * (order.within_h - half) / spread)))
