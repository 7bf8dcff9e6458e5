"""Rows for the tests of the history: invented parcels, places and texts."""

from __future__ import annotations

from random import Random
from typing import Any

from milepost.domain.event import Event, EventBody, key_of
from milepost.domain.place import Place
from milepost.stores.history import SealedRow

START_US = 1_790_000_000_000_000
PLACES: list[str | Place | None] = [
    None,
    "",
    "青河转运中心",
    "Northfield Hub",
    Place(name="Altstadt Depot", city="Altstadt", country="DE", latitude=50.25, longitude=8.5),
    Place(city="Puerto Claro", country="CL"),
]
TEXTS = [
    None,
    "",
    "快件已到达【{place}】",
    "Left {place}, next stop {next}",
    "Parcel {number} waits 🚚",
    "a mark \ue000 that is not ours at {place}",
]


def body(random: Random, number: str) -> EventBody:
    place, next_place = random.choice(PLACES), random.choice(PLACES)
    text = random.choice(TEXTS)
    if text is not None:
        text = text.format(place=_label(place), next=_label(next_place), number=number)
    some: dict[str, Any] = {"weight_g": 1_250, "deep": [1.5, None, {"ключ": True}]}
    return EventBody(
        number=number,
        source="made.up",
        carrier=random.choice([None, "yto", "dhl"]),
        text=text,
        place=place,
        code=random.choice([None, "A1", "签收"]),
        code_set=random.choice([None, "yto"]),
        next_place=next_place,
        actor=random.choice([None, "员工7"]),
        device=random.choice([None, "pda-3"]),
        evidence=random.choice([None, [], ["photo/1.jpg", "签名"]]),
        measurements=random.choice([None, {}, some]),
        order_number=random.choice([None, "ORDER-9"]),
        estimated_from_us=random.choice([None, START_US]),
        estimated_to_us=random.choice([None, START_US + 7]),
    )


def road(random: Random, number: str, events: int, tenant: int = 1) -> list[SealedRow]:
    """A road of one parcel; times, commits and raw payloads go up together, mostly."""
    parcel = key_of(tenant, number)
    at_us = START_US + random.randrange(10**12)
    rows = []
    for _ in range(events):
        at_us += random.randrange(1, 10**10)
        received_us = at_us + random.randrange(-(10**9), 10**9)
        event = Event(
            parcel,
            random.getrandbits(64) - (1 << 63),
            at_us if random.random() < 0.5 else at_us // 10**6 * 10**6,
            random.choice([None, 0, 480, -210]),
            random.randrange(5),
            random.choice([0, 42, 250, 251]),
            received_us,
            random.choice([None, -5, 1_790_000_000]),
            body(random, number),
        )
        raw = random.choice([None, received_us // 10**6])
        rows.append(SealedRow(event, tenant, received_us // 10**4, raw))
    return rows


def roads(seed: int, count: int, tenant: int = 1) -> list[SealedRow]:
    """Several roads, their rows mixed."""
    random = Random(seed)
    rows = [
        row
        for index in range(count)
        for row in road(random, f"TT{seed}{index:08d}", random.randrange(1, 20), tenant)
    ]
    random.shuffle(rows)
    return rows


def oldest_first(rows: list[SealedRow]) -> list[SealedRow]:
    return sorted(
        rows,
        key=lambda row: (row.event.at_us, row.event.received_us, row.seq, row.event.fingerprint),
    )


def _label(place: str | Place | None) -> str:
    return (place.label if isinstance(place, Place) else place) or "-"
