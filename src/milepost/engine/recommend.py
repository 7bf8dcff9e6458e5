"""Carriers and services for an order, ranked by what the merchant or buyer prefers. Pure.

Price comes from the tariffs, time and reliability from a lane's record, carbon from the factors.
Where a lane has no record its times are a guess from the distance, and said to be one.
"""

from __future__ import annotations

from collections.abc import Sequence

from milepost.carbon.estimate import carbon_of
from milepost.carbon.factors import Factors
from milepost.carbon.model import Stretch
from milepost.carbon.totals import points
from milepost.engine.choice import (
    Candidate,
    Ends,
    LaneRecord,
    LaneRecords,
    Option,
    Order,
    Preference,
    Why,
)
from milepost.engine.footprint import by_ports
from milepost.engine.lane_guess import guess
from milepost.engine.ranking import WEIGHTS, in_time_pm, p50, p90, worths
from milepost.engine.tariff import Price, Tariff, price_of
from milepost.engine.why import TEXTS, why

__all__ = [
    "TEXTS",
    "Candidate",
    "Ends",
    "LaneRecord",
    "LaneRecords",
    "Option",
    "Order",
    "Preference",
    "candidate",
    "priced",
    "ranked",
]


def priced(tariffs: Sequence[Tariff], order: Order, ends: Ends) -> list[tuple[Tariff, Price]]:
    """The tariffs that serve the lane and the weight."""
    found = []
    for tariff in tariffs:
        price = price_of(
            tariff, ends.origin, ends.destination, order.weight_g, order.volume_cm3, order.category
        )
        if price is not None:
            found.append((tariff, price))
    return found


def candidate(
    tariff: Tariff,
    price: Price,
    record: LaneRecord | None,
    order: Order,
    ends: Ends,
    factors: Factors,
) -> Candidate:
    """With the guess where there is no record, and the carbon."""
    here, there = ends.origin_point, ends.destination_point
    guessed = guess(tariff.mode, here, there) if record is None and here and there else None
    return Candidate(
        tariff=tariff,
        price=price,
        record=record,
        guessed=guessed,
        carbon=_carbon(tariff, order, ends, factors),
    )


def _carbon(
    tariff: Tariff, order: Order, ends: Ends, factors: Factors
) -> tuple[int, int, int] | None:
    if ends.origin_point is None or ends.destination_point is None:
        return None
    leg = Stretch(
        mode=tariff.mode,
        weight_g=order.weight_g,
        origin=ends.origin_point,
        destination=ends.destination_point,
    )
    found = carbon_of(by_ports(leg), factors)
    return None if found.unknown else (found.wtw_g, found.low_g, found.high_g)


def ranked(candidates: Sequence[Candidate], order: Order, prefer: Preference) -> list[Option]:
    """The best first."""
    marks = worths(candidates, order, WEIGHTS[prefer])
    offered = [one.carbon[0] for one in candidates if one.carbon]
    options = [
        _option(one, order, round(score * 1000), offered, why(one, candidates, order))
        for one, score in zip(candidates, marks, strict=True)
    ]
    return sorted(options, key=lambda one: (-one.score_pm, one.price_minor, one.carrier))


def _option(
    one: Candidate, order: Order, score_pm: int, offered: Sequence[int], codes: Sequence[str]
) -> Option:
    record, carbon, price = one.record, one.carbon, one.price
    return Option(
        carrier=one.tariff.carrier,
        service=one.tariff.service,
        mode=one.tariff.mode,
        price_minor=price.total_minor,
        currency=price.currency,
        zone=price.zone,
        charged_g=price.charged_g,
        surcharges_minor=price.surcharges_minor,
        p50_h=p50(one),
        p90_h=p90(one),
        kept_pm=record.kept_pm if record else None,
        damaged_pm=record.damaged_pm if record else None,
        customs_held_pm=record.customs_held_pm if record else None,
        samples=record.samples if record else 0,
        basis="record" if record else "guess",
        in_time_pm=in_time_pm(one, order),
        carbon_g=carbon[0] if carbon else None,
        carbon_low_g=carbon[1] if carbon else None,
        carbon_high_g=carbon[2] if carbon else None,
        carbon_points=points(carbon[0], offered) if carbon else 0,
        score_pm=score_pm,
        reasons=tuple(Why(code=code, text=TEXTS[code]) for code in codes),
    )
