"""What a quote may know about an order: facts of the basket and lane, calendar, seller's habits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from milepost.eta.judge.orders import Orders

    Floats = NDArray[np.float64]

CATEGORIES = ("destination_state", "origin_state", "category")
_EARTH_DIAMETER_KM = 12_742.0
_HABIT_HALF_LIFE = 60.0
_AREA_HALF_LIFE = 120.0
_LAST = 200  # rows of one key that a habit looks back on


def great_circle_km(lat: Floats, lng: Floats, other_lat: Floats, other_lng: Floats) -> Floats:
    """Distance of pairs of points; NaN where a coordinate is missing."""
    a, b, c, d = (np.radians(value) for value in (lat, lng, other_lat, other_lng))
    half = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2
    return np.asarray(_EARTH_DIAMETER_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def codes(values: NDArray[np.str_]) -> NDArray[np.int64]:
    """Names as small integers."""
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def facts(orders: Orders, start: Floats, workday: NDArray[np.bool_]) -> dict[str, Floats]:
    """What is known of each order when its clock starts (`start`, days since 1970)."""
    numbers, names = orders.numbers, orders.names
    day = np.floor(start).astype(int)
    free = np.concatenate([[0], np.cumsum(~workday)])
    columns = {name: numbers[name] for name in numbers}
    for name in CATEGORIES:
        columns[name] = np.where(names[name] == "", np.nan, codes(names[name]))
    columns |= {
        "distance_km": great_circle_km(
            numbers["origin_lat"], numbers["origin_lng"],
            numbers["destination_lat"], numbers["destination_lng"],
        ),
        "promise_days": np.floor(orders.times["promised_at"]) - start,
        "hour": (start - day) * 24,
        "weekday": ((day + 3) % 7).astype(float),
        "free_days_3": (free[day + 4] - free[day + 1]).astype(float),
        "free_days_10": (free[day + 10] - free[day]).astype(float),
        "approved": (orders.times["approved_at"] <= start).astype(float),
        "since_order": start - orders.ordered,
    }  # fmt: skip
    return columns


def habits(orders: Orders, start: Floats, end: Floats, normal: Floats) -> dict[str, Floats]:
    """Log ratio to the normal time of the seller's, lane's and area's last orders, under the clock.

    An order still open counts with its age where that is more than normal, else as normal.
    """
    states = [codes(orders.names[name]) for name in ("origin_state", "destination_state")]
    area = orders.numbers["destination_zip"]
    keys = {
        "seller": (orders.numbers["origin_zip"], _HABIT_HALF_LIFE, 3.0),
        "lane": (states[0] * 1000.0 + states[1], _HABIT_HALF_LIFE, 5.0),
        "area": (np.floor(area / 100), _AREA_HALF_LIFE, 5.0),
        "wide_area": (np.floor(area / 1000), _AREA_HALF_LIFE, 10.0),
    }
    columns = {
        f"{name}_habit": _habit(key, start, end, normal, half_life, prior)
        for name, (key, half_life, prior) in keys.items()
    }
    return columns | _handling(orders, start)


def _handling(orders: Orders, start: Floats) -> dict[str, Floats]:
    """How long the seller takes until hand-over, against two days."""
    # Where the time of purchase is not known, the source has no hand-over either.
    told = np.where(
        orders.times["approved_at"] > orders.ordered, orders.numbers["origin_zip"], np.nan
    )
    handed = np.where(np.isnan(told), np.nan, orders.times["handed_over_at"])
    habit = _habit(
        told, orders.ordered, np.where(np.isfinite(handed), handed, np.inf),
        np.full(len(orders), 2.0), _HABIT_HALF_LIFE, 2.0, at=start,
        keys_of_all=orders.numbers["origin_zip"],
    )  # fmt: skip
    return {"seller_handling": habit}


def _habit(
    key: Floats, start: Floats, end: Floats, normal: Floats, half_life: float, prior: float,
    *, at: Floats | None = None, keys_of_all: Floats | None = None,
) -> Floats:  # fmt: skip
    asked = key if keys_of_all is None else keys_of_all
    moments = start if at is None else at
    answer = np.where(np.isfinite(asked), 0.0, np.nan)
    for rows, others in _groups(asked, key):
        for row in rows[np.isfinite(moments[rows])]:
            now = moments[row]
            past = others[start[others] < now][-_LAST:]
            if len(past):
                answer[row] = _shrunk(past, now, start, end, normal, half_life, prior)
    return answer


def _groups(asked: Floats, key: Floats) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Rows of each key, and the rows with that key to learn from."""
    known = np.flatnonzero(np.isfinite(asked))
    split = np.unique(asked[known], return_inverse=True)[1]
    order = np.argsort(split, kind="stable")
    parts = np.split(known[order], np.flatnonzero(np.diff(split[order])) + 1)
    return [(rows, rows[np.isfinite(key[rows])]) for rows in parts if len(rows)]


def _shrunk(
    past: NDArray[np.int64], now: float, start: Floats, end: Floats, normal: Floats,
    half_life: float, prior: float,
) -> float:  # fmt: skip
    begun, usual = start[past], normal[past]
    took = np.where(end[past] < now, end[past] - begun, np.maximum(now - begun, usual))
    weight = 0.5 ** ((now - begun) / half_life)
    logs = np.log(np.maximum(took, 0.1) / usual)
    return float((weight * logs).sum() / (weight.sum() + prior))
