"""Orders as roads, for the predictors that a server uses; the country is the whole file's."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from milepost.eta.facts import DAY_US, Facts, Road, Seen, Spot
from milepost.eta.judge.walk import Quotes
from milepost.eta.replay import replay
from milepost.eta.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from milepost.eta.judge.orders import Orders

_AREA_DIGITS = 2


def roads(orders: Orders, country: str) -> list[Road]:
    """One road an order: created as ordered, picked up as handed over, delivered."""
    return [_road(orders, index, country) for index in range(len(orders))]


def _road(orders: Orders, index: int, country: str) -> Road:
    times = {name: float(values[index]) for name, values in orders.times.items()}
    promised, handed = times["promised_at"], times["handed_over_at"]
    area = orders.numbers["destination_zip"][index]
    facts = Facts(
        created_us=_us(times["ordered_at"]),
        promised_us=_us(promised + 1) if isfinite(promised) else None,
        origin=Spot(country=country, region=str(orders.names["origin_state"][index])),
        destination=Spot(
            country=country, region=str(orders.names["destination_state"][index]),
            place=str(int(area)).zfill(5)[:_AREA_DIGITS] if isfinite(area) else None,
            lat=_coordinate(orders, "destination_lat", index),
            lng=_coordinate(orders, "destination_lng", index),
        ),
    )  # fmt: skip
    delivered = times["delivered_at"]
    return Road(
        facts=facts,
        events=(Seen(_us(handed), "picked_up"),) if isfinite(handed) else (),
        delivered_us=_us(delivered) if isfinite(delivered) else None,
    )


def _us(days: float) -> int:
    return round(days * DAY_US)


def _coordinate(orders: Orders, name: str, index: int) -> float | None:
    value = float(orders.numbers[name][index])
    return value if isfinite(value) else None


def table_quotes(
    orders: Orders, first_month: str, country: str, tick: Callable[[str], None] = lambda _: None
) -> Quotes:
    """Quotes of the table alone at purchase: no trained model, refreshed daily."""
    begins = np.datetime64(f"{first_month}-01", "D").astype(np.int64)

    def show(index: int) -> None:
        tick(str(orders.month[index]))

    found = replay(roads(orders, country), Table(), from_us=int(begins) * DAY_US, tick=show)
    days = {share: np.full(len(orders), np.nan) for share in (0.5, 0.9)}
    risk = np.full(len(orders), np.nan)
    for index, window in found.items():
        created = orders.ordered[index]
        days[0.5][index] = window.p50_us / DAY_US - created
        days[0.9][index] = window.p90_us / DAY_US - created
        risk[index] = window.late_odds if window.late_odds is not None else 0.0
    return Quotes(orders.ordered, days, risk, orders.month >= first_month)
