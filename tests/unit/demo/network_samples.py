"""One sample network that the tests of this folder share."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from milepost.demo.casting import Shipment
from milepost.demo.network import Step, network, shipments_of
from milepost.demo.placing import Span

START = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SPAN = Span(START, 6, 8)


@cache
def steps() -> list[Step]:
    return network(seed=7, start=START)


@cache
def truth() -> list[Shipment]:
    return list(shipments_of(seed=7, span=SPAN, shipments=300))
