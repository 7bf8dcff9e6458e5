"""Synthetic orders and roads for tests of foresight; made by a seed, no source behind them."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from milepost.eta import DAY_US, Facts, Road, Seen, Spot

STATES = ("AA", "BB", "CC", "DD")
BEGIN = datetime.fromisoformat("2031-01-01T09:00:00")
BEGIN_US = 1_925_000_000_000_000


def orders(count: int, days: int, seed: int = 1) -> list[dict[str, str]]:
    """Rows of a CSV of orders over `days` days; slower in the last third."""
    draw = Random(seed)
    rows = []
    for number in range(count):
        ordered = BEGIN + timedelta(days=days * number / count, minutes=draw.randrange(600))
        state = draw.choice(STATES)
        slow = 1.5 if number > count * 2 / 3 else 1.0
        handed = ordered + timedelta(days=draw.uniform(0.3, 3.0))
        delivered = handed + timedelta(
            days=slow * (2 + 2 * STATES.index(state)) * draw.lognormvariate(0, 0.4)
        )
        rows.append({
            "order_id": f"o{number}", "ordered_at": _text(ordered),
            "approved_at": _text(ordered + timedelta(hours=1)), "handed_over_at": _text(handed),
            "delivered_at": _text(delivered),
            "promised_at": f"{ordered + timedelta(days=12):%Y-%m-%d}",
            "destination_zip": str(10_000 + 700 * STATES.index(state) + draw.randrange(500)),
            "destination_state": state, "destination_lat": str(10 + STATES.index(state)),
            "destination_lng": "20", "origin_zip": str(draw.randrange(20)), "origin_state": "AA",
            "origin_lat": "10", "origin_lng": "20", "items": "1", "price": "10", "freight": "2",
            "weight_g": str(draw.randrange(100, 5_000)), "volume_cm3": "1000", "category": "toys",
        })  # fmt: skip
    return rows


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def facts(number: int = 0, **more: object) -> Facts:
    """A shipment on one of four lanes."""
    state = STATES[number % 4]
    values: dict[str, object] = {
        "created_us": BEGIN_US + number * DAY_US // 20, "tenant": "t", "carrier": "swift",
        "service": "parcel", "origin": Spot(country="DE", region="BY", lat=48.1, lng=11.5),
        "destination": Spot(country="DE", region=state, place=f"{state}-1", lat=52.5, lng=13.4),
        "weight_g": 500 + number % 7 * 300,
    }  # fmt: skip
    return Facts(**(values | more))  # type: ignore[arg-type]


def roads(count: int, seed: int = 2) -> list[Road]:
    """Delivered roads; heavier parcels take longer than their lane, which trees can learn."""
    draw = Random(seed)
    found = []
    for number in range(count):
        about = facts(number)
        heavy = 1 + (about.weight_g or 0) / 2_000
        days = (1 + number % 4) * heavy * draw.lognormvariate(0, 0.25)
        picked = about.created_us + DAY_US // 3
        found.append(
            Road(
                facts=about,
                events=(Seen(picked, "picked_up"), Seen(picked + DAY_US // 3, "in_transit")),
                delivered_us=picked + DAY_US // 3 + int(days * DAY_US),
            )
        )
    return found
