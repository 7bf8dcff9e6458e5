"""What the resources work with; `wiring.py` fills it."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from milepost.domain.scan import ParseContext, Parsed
from milepost.engine.journey import Journey
from milepost.engine.live import Live
from milepost.engine.loading import Loading
from milepost.engine.ports import Ledger
from milepost.engine.queries import Queries
from milepost.engine.register import Registrar

Parse = Callable[[bytes, ParseContext], Parsed]


class Services(Struct):
    """The engine as the API sees it."""

    journey: Journey
    queries: Queries
    registrar: Registrar
    ledger: Ledger
    live: Live
    parser: Callable[[str], Parse | None]
    now_us: Callable[[], int]
    meters: Callable[[], dict[str, float]]
    # Whether what a tenant asks for a carrier does not answer at present.
    down: Callable[[int, str], bool] = lambda tenant, carrier: False
    # Takes batches of scans that name their containers.
    loading: Loading | None = None
