"""What a dialect's routes work with; `wiring.py` fills it."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct, field

from milepost.compat.core.crosswalk import Crosswalk
from milepost.engine.dialects import Credential, Credentials, Hooks, Pushes, Watches
from milepost.engine.journey import Journey
from milepost.engine.ports import Ledger
from milepost.engine.queries import Queries
from milepost.engine.register import Registrar
from milepost.web.limits import Limiter

RATE_PER_S, BURST = 2_000.0, 4_000


class CompatServices(Struct):
    """`base_url`: where buyers and clients reach this server, without a slash at the end.

    `limiter`: how fast one credential may call; see `too_fast_s`. `most_watched`: how many numbers
    a tenant may watch in one dialect.
    """

    queries: Queries
    registrar: Registrar
    journey: Journey
    ledger: Ledger
    credentials: Credentials
    watches: Watches
    hooks: Hooks
    pushes: Pushes
    crosswalk: Crosswalk
    now_us: Callable[[], int]
    base_url: str
    limiter: Limiter = field(default_factory=lambda: Limiter(RATE_PER_S, BURST))
    most_watched: int = 1_000_000

    def too_fast_s(self, credential: Credential) -> float:
        """0 if it may call now, else how many seconds it should wait."""
        return self.limiter.wait_s(credential.key)
