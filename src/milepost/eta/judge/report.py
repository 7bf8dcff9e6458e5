"""Figures of a walk-forward: ours and the opponents', overall and by month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from milepost.eta.judge.scores import auc, average_precision, rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from milepost.eta.judge.orders import Orders
    from milepost.eta.judge.walk import Quotes

    Floats = NDArray[np.float64]

_ROLLING_DAYS = 60
_FEWEST = 5


def figures(orders: Orders, quotes: Quotes) -> dict[str, Any]:
    """All figures of the delivered orders of the tested months."""
    rows = np.flatnonzero(quotes.tested & np.isfinite(orders.delivered))
    if not len(rows):
        raise ValueError("no delivered order in the months asked for")
    took = orders.delivered[rows] - quotes.start[rows]
    late, risk = orders.late[rows], quotes.risk[rows]
    error = quotes.days[0.5][rows] - took
    months = orders.month[rows]
    answer: dict[str, Any] = {"orders": len(rows), **_errors(error)}
    for share, days in sorted(quotes.days.items()):
        name = f"p{share * 100:.0f}"
        answer[f"{name}_kept"] = rounded(float((took <= days[rows]).mean()))
        answer[f"{name}_quote_days"] = rounded(float(days[rows].mean()), 2)
    tail = quotes.days[0.9][rows]
    answer["p90_kept_by_month"] = _by_month(months, took <= tail)
    answer["p90_quote_days_by_month"] = _by_month(months, tail, 2)
    answer["mae_days_by_month"] = _by_month(months, np.abs(error), 2)
    answer["late_share"] = rounded(float(late.mean()), 4)
    answer["late_auc"] = rounded(auc(late.tolist(), risk.tolist()), 4)
    answer["late_ap"] = rounded(average_precision(late.tolist(), risk.tolist()), 4)
    answer["late_auc_by_month"] = {
        month: rounded(auc(late[months == month].tolist(), risk[months == month].tolist()))
        for month in sorted(set(months.tolist()))
    }
    return answer


def _errors(error: Floats) -> dict[str, Any]:
    if not len(error):
        return {}
    size = np.abs(error)
    return {
        "mae_days": rounded(float(size.mean())),
        "rmse_days": rounded(float(np.sqrt((error**2).mean()))),
        "median_abs_days": rounded(float(np.median(size))),
        "bias_days": rounded(float(error.mean())),
        "within_2_days": rounded(float((size <= 2).mean())),
        "within_5_days": rounded(float((size <= 5).mean())),
    }


def _by_month(
    months: NDArray[np.str_], values: NDArray[Any], digits: int = 4
) -> dict[str, float | None]:
    return {
        month: rounded(float(values[months == month].mean()), digits)
        for month in sorted(set(months.tolist()))
    }


def opponents(orders: Orders, quotes: Quotes) -> dict[str, dict[str, Any]]:
    """The source's promise, and medians by state (60 days) and lane under the same label clock."""
    rows = np.flatnonzero(quotes.tested & np.isfinite(orders.delivered))
    took = orders.delivered[rows] - quotes.start[rows]
    promise = np.floor(orders.times["promised_at"])[rows] + 1 - quotes.start[rows]
    to = orders.names["destination_state"]
    lane = np.char.add(np.char.add(orders.names["origin_state"], ">"), to)
    found = {
        "promise": promise,
        "state_median_60_days": _medians(orders, quotes, to, rows, _ROLLING_DAYS),
        "lane_median": _medians(orders, quotes, lane, rows, None),
    }
    errors = {name: days - took for name, days in found.items()}
    return {name: _errors(error[np.isfinite(error)]) for name, error in errors.items()}


def _medians(
    orders: Orders, quotes: Quotes, key: NDArray[np.str_], rows: NDArray[np.int64],
    window: int | None,
) -> Floats:  # fmt: skip
    """At the first of each month, of what is delivered by then."""
    answer = np.full(len(rows), np.nan)
    begin, end = quotes.start, orders.delivered
    for month in sorted(set(orders.month[rows].tolist())):
        now = float(np.datetime64(f"{month}-01", "D").astype(np.int64))
        past = (end < now) & (begin < now)
        if window is not None:
            past &= end >= now - window
        here = orders.month[rows] == month
        for name in set(key[rows][here].tolist()):
            same = np.flatnonzero(past & (key == name))
            if len(same) < _FEWEST:
                same = np.flatnonzero(past)
            asked = here & (key[rows] == name)
            usable = same if len(same) else np.array([], dtype=int)
            answer[asked] = np.median(end[usable] - begin[usable]) if len(usable) else 10.0
    return answer
