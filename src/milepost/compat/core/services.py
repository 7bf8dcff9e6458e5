"""What a dialect's routes work with; `wiring.py` fills it."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from milepost.compat.core.crosswalk import Crosswalk
from milepost.engine.dialects import Credentials, Hooks, Watches
from milepost.engine.journey import Journey
from milepost.engine.ports import Ledger
from milepost.engine.queries import Queries
from milepost.engine.register import Registrar


class CompatServices(Struct):
    """`base_url`: where buyers and clients reach this server, without a slash at the end."""

    queries: Queries
    registrar: Registrar
    journey: Journey
    ledger: Ledger
    credentials: Credentials
    watches: Watches
    hooks: Hooks
    crosswalk: Crosswalk
    now_us: Callable[[], int]
    base_url: str
