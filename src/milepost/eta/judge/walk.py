"""Monthly walk-forward over orders under the label clock.

Three times a month models are trained on what is delivered by then; level and calibration follow
daily from deliveries and open orders of the days before. The time of a quote is `start`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from milepost.eta.judge.features import codes, facts, habits
from milepost.eta.judge.forecasts import SHARES, Ground, forecast
from milepost.eta.judge.lateness import pressure, risks
from milepost.eta.judge.open_world import corrections
from milepost.eta.judge.period import Pace, medians
from milepost.eta.judge.promises import promise_gaps
from milepost.eta.judge.smooth import smooth_matrix

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from milepost.eta.judge.orders import Orders

    Floats = NDArray[np.float64]

MOMENTS = ("purchase", "approval", "handover")
_WARM_UP_MONTHS = 3
_PACE = Pace(half_life=20.0)
# How far the level of the last days is followed: the middle half-way, for levels revert; the tails
# further and sooner, for they have to hold.
_MEDIAN_PULL, _TAIL_PULL = 0.5, 0.75
_MEDIAN_DAYS, _TAIL_DAYS, _KEPT_DAYS = 7.0, 3.0, 40.0
_KEPT_PULL = 0.5
_TAIL_MARGIN = 1.03  # the world worsens after a quote about as often as not; a promise must hold
_TRAINED_ON = (1, 11, 21)  # days of the month


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
    groups = codes(orders.names["destination_state"])
    normal = medians(start, end, groups, workday, _PACE)
    promised = np.floor(orders.times["promised_at"])
    slack = promised + 1 - start
    columns = _columns(orders, start, normal, workday) | promise_gaps(
        start, slack, groups, orders.numbers["destination_zip"]
    )
    level = np.log(np.maximum(slack, 0.5) / normal)
    smooth = smooth_matrix(columns | {"slack": level}, slack)
    ground = Ground(start, end, normal, np.column_stack([*columns.values()]), level, smooth)
    parts = _parts(orders, start, first_month)
    raw = {share: np.full(len(orders), np.nan) for share in SHARES}
    for now, rows in parts:
        tick(str(np.datetime64(int(now), "D")))
        for share, said in forecast(ground, rows, now).items():
            raw[share][rows] = said
    days, pressed = _corrected(raw, start, end, slack)
    risk = risks(pressed, start, promised, orders.late, smooth, parts)
    return Quotes(start, days, risk, (orders.month >= first_month) & np.isfinite(start))


def _columns(
    orders: Orders, start: Floats, normal: Floats, workday: NDArray[np.bool_]
) -> dict[str, Floats]:
    safe = np.where(np.isfinite(start), start, orders.ordered)
    columns = facts(orders, safe, workday)
    if np.array_equal(safe, orders.ordered):
        return columns | habits(orders, safe, orders.delivered, normal)
    usable = np.flatnonzero(np.isfinite(start))
    order = usable[np.argsort(start[usable], kind="stable")]
    return columns | _reordered(orders, start, normal, order)


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


def _parts(
    orders: Orders, start: Floats, first_month: str
) -> list[tuple[float, NDArray[np.int64]]]:
    """Days on which models are trained, with the orders that are quoted until the next one."""
    asked, day = np.isfinite(start), np.floor(orders.ordered)
    found = []
    for month in _months(orders, first_month):
        first = float(np.datetime64(f"{month}-01", "D").astype(np.int64))
        begins = [first + day_of - 1 for day_of in _TRAINED_ON]
        here = asked & (orders.month == month)
        for begin, end in zip(begins, [*begins[1:], np.inf], strict=True):
            found.append((begin, np.flatnonzero(here & (day >= begin) & (day < end))))
    return found


def _corrected(
    raw: dict[float, Floats], start: Floats, end: Floats, slack: Floats
) -> tuple[dict[float, Floats], Floats]:
    """The current level moves all quotes, how the tails were kept lately moves those; and how hard
    the promises are pressed.
    """
    middle = raw[0.5]
    days = {0.5: middle * corrections(start, end, middle, 0.5, _MEDIAN_DAYS) ** _MEDIAN_PULL}
    soon = corrections(start, end, middle, 0.5, _TAIL_DAYS) ** _TAIL_PULL
    for share in SHARES[1:]:
        quote = raw[share] * soon
        days[share] = quote * corrections(start, end, quote, share, _KEPT_DAYS) ** _KEPT_PULL
    days[0.9] = np.maximum(days[0.9] * _TAIL_MARGIN, days[0.5])
    return days, pressure(middle * soon, raw[0.9] * soon, slack)
