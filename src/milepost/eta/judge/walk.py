"""Monthly walk-forward over orders under the label clock.

At the first of each month models are trained on what is delivered by then; level and calibration
follow daily from deliveries and open orders of the days before. The time of a quote is `start`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from milepost.eta.judge.features import codes, facts, habits
from milepost.eta.judge.open_world import corrections
from milepost.eta.judge.period import medians

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from milepost.eta.judge.orders import Orders

    Floats = NDArray[np.float64]

MOMENTS = ("purchase", "approval", "handover")
_WARM_UP_MONTHS = 3
_FEWEST = 300  # delivered orders without which the life table speaks alone
_HALF_LIFE = 180.0
_MEDIAN_PULL, _TAIL_PULL = 0.5, 0.6  # how far the current level is followed; levels revert
_TAIL_MARGIN = 1.03  # the world worsens after a quote about as often as not; a promise must hold
_SHARES = (0.5, 0.8, 0.9)
_TREES: dict[str, Any] = {
    "learning_rate": 0.04, "num_leaves": 15, "min_data_in_leaf": 60, "feature_fraction": 0.6,
    "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 1, "verbose": -1, "num_threads": 1,
    "seed": 1, "deterministic": True,
}  # fmt: skip
_ROUNDS = 200
_LAG, _LEAST_DAYS = 3.0, 0.2


@dataclass(frozen=True)
class Quotes:
    """For each order (NaN where no quote is asked): days from `start` for each share, and lateness.

    `risk` ranks orders by the odds that the promise breaks; `tested` marks the months asked for.
    """

    start: Floats
    days: dict[float, Floats]
    risk: Floats
    tested: NDArray[np.bool_]


def starts(orders: Orders, moment: str) -> Floats:
    """When the quote is made: at purchase, at approval or at hand-over (NaN: never known)."""
    if moment == "purchase":
        return orders.ordered
    name = {"approval": "approved_at", "handover": "handed_over_at"}[moment]
    known = orders.times[name]
    usable = (known >= orders.ordered) & (known < orders.delivered)
    return np.where(usable, known, np.nan)


def walk(
    orders: Orders, first_month: str, workday: NDArray[np.bool_], *,
    moment: str = "purchase", tick: Callable[[str], None] = lambda _: None,
) -> Quotes:  # fmt: skip
    """Quotes for all orders from `first_month` (`2018-03`) on, each made as its clock starts."""
    start, end = starts(orders, moment), orders.delivered
    usable = np.flatnonzero(np.isfinite(start))
    part = start[usable]
    order = usable[np.argsort(part, kind="stable")]
    normal = medians(start, end, codes(orders.names["destination_state"]), workday)
    matrix, names = _matrix(orders, start, normal, workday, order)
    raw = {name: np.full(len(orders), np.nan) for name in ("level", *map(str, _SHARES))}
    raw["level"] = normal
    for month in _months(orders, first_month):
        tick(month)
        rows = np.flatnonzero((orders.month == month) & np.isfinite(start))
        _predict_month(raw, rows, _Ground(start, end, normal, matrix, names), _first_day(month))
    days = _corrected(raw, start, end)
    slack = np.floor(orders.times["promised_at"]) + 1 - np.where(np.isfinite(start), start, 0)
    risk = (days[0.5] + _LAG) / (np.maximum(slack, -2.9) + _LAG)
    risk = np.nan_to_num(risk)  # without a promise nothing can be late
    return Quotes(start, days, risk, (orders.month >= first_month) & np.isfinite(start))


@dataclass(frozen=True)
class _Ground:
    start: Floats
    end: Floats
    normal: Floats
    matrix: Floats
    names: list[str]


def _matrix(
    orders: Orders, start: Floats, normal: Floats, workday: NDArray[np.bool_],
    order: NDArray[np.int64],
) -> tuple[Floats, list[str]]:  # fmt: skip
    safe = np.where(np.isfinite(start), start, orders.ordered)
    columns = facts(orders, safe, workday)
    if np.array_equal(safe, orders.ordered):
        columns |= habits(orders, safe, orders.delivered, normal)
    else:
        columns |= _reordered(orders, start, normal, order)
    return np.column_stack(list(columns.values())), list(columns)


def _reordered(
    orders: Orders, start: Floats, normal: Floats, order: NDArray[np.int64]
) -> dict[str, Floats]:
    """Habits look back in the order of their own clock."""
    from milepost.eta.judge.orders import Orders as Columns

    view = Columns(
        times={name: values[order] for name, values in orders.times.items()},
        numbers={name: values[order] for name, values in orders.numbers.items()},
        names={name: values[order] for name, values in orders.names.items()},
        month=orders.month[order], refused=0,
    )  # fmt: skip
    answer = {}
    for name, values in habits(view, start[order], view.delivered, normal[order]).items():
        answer[name] = np.full(len(orders), np.nan)
        answer[name][order] = values
    return answer


def _months(orders: Orders, first_month: str) -> list[str]:
    """The months to quote, and those before that the calibration starts from."""
    months = sorted(set(orders.month.tolist()))
    before = [month for month in months if month < first_month]
    return before[-_WARM_UP_MONTHS:] + [month for month in months if month >= first_month]


def _first_day(month: str) -> float:
    return float(np.datetime64(f"{month}-01", "D").astype(np.int64))


def _predict_month(
    raw: dict[str, Floats], rows: NDArray[np.int64], ground: _Ground, now: float
) -> None:
    past = np.flatnonzero((ground.start < now) & (ground.end < now))
    if len(past) < _FEWEST or not len(rows):
        for share, factor in zip(_SHARES, (1.0, 1.45, 1.9), strict=True):
            raw[str(share)][rows] = ground.normal[rows] * factor
        return
    took = np.maximum(ground.end[past] - ground.start[past], _LEAST_DAYS)
    labels = np.log(took / ground.normal[past])
    weights = 0.5 ** ((now - ground.start[past]) / _HALF_LIFE)
    for share in _SHARES:
        logs = _fitted(ground, past, rows, labels, weights, share)
        raw[str(share)][rows] = np.exp(logs) * ground.normal[rows]


def _fitted(
    ground: _Ground, past: NDArray[np.int64], rows: NDArray[np.int64], labels: Floats,
    weights: Floats, share: float,
) -> Floats:  # fmt: skip
    if share != 0.5:
        loss = {"objective": "quantile", "alpha": share}
        return _boosted(ground, past, rows, labels, weights, loss)
    losses: tuple[dict[str, Any], ...] = ({"objective": "l1"}, {"objective": "l2"})
    found = [_boosted(ground, past, rows, labels, weights, loss) for loss in losses]
    return np.asarray((found[0] + found[1]) / 2)


def _boosted(
    ground: _Ground, past: NDArray[np.int64], rows: NDArray[np.int64], labels: Floats,
    weights: Floats, loss: dict[str, Any],
) -> Floats:  # fmt: skip
    import lightgbm

    # Weighted percentiles of small leaves are coarse: only the mean gets weights.
    weight = weights if loss["objective"] == "l2" else None
    data = lightgbm.Dataset(ground.matrix[past], labels, weight=weight)
    model = lightgbm.train(_TREES | loss, data, _ROUNDS)
    return np.asarray(model.predict(ground.matrix[rows], num_threads=1))


def _corrected(raw: dict[str, Floats], start: Floats, end: Floats) -> dict[float, Floats]:
    """The current level moves all quotes; what is then still short moves the tails."""
    middle = raw["0.5"]
    level = corrections(start, end, middle, 0.5, 7.0)
    days = {0.5: middle * level**_MEDIAN_PULL}
    for share in _SHARES[1:]:
        quote = raw[str(share)] * level**_TAIL_PULL
        days[share] = quote * np.maximum(corrections(start, end, quote, share, 20.0), 1.0)
    days[0.9] = np.maximum(days[0.9] * _TAIL_MARGIN, days[0.5])
    return days
