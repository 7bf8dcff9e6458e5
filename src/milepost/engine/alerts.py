"""The alerts of a tenant: what is wrong now, and what was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from milepost.domain.alert import Severity


class AlertRow(NamedTuple):
    """One alert. `cleared_s` None: it is open. `because`: fingerprints of the events that it rested
    on when it was told.
    """

    id: int
    road: int
    number: str
    rule: str
    severity: str
    opened_s: int
    cleared_s: int | None
    detail: dict[str, Any]
    because: Sequence[int] = ()


class AlertFilter(NamedTuple):
    """What is wanted, newest first. `roads` None: of all roads. `after`: the last one of the page
    before, as (`opened_s`, `id`).
    """

    open: bool | None = None
    rule: str | None = None
    severity: Severity | None = None
    roads: Sequence[int] | None = None
    after: tuple[int, int] | None = None
    limit: int = 50


class AlertLog(Protocol):
    """Alerts that are open or were."""

    async def of(self, tenant: int, roads: Sequence[int]) -> list[AlertRow]:
        """All that roads ever had, oldest first."""

    async def list(self, tenant: int, wanted: AlertFilter) -> Sequence[AlertRow]:
        """Those that fit, newest first, at most `wanted.limit`."""
