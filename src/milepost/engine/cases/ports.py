"""Cases as they are kept, and where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import msgspec

from milepost.domain.case import Case, Step
from milepost.engine.rows import Announcement


class CaseRow(NamedTuple):
    """A case as it is kept. `digest` is that of its last step."""

    id: int
    tenant: int
    road: int
    case: Case
    digest: bytes


class StepRow(NamedTuple):
    """A step as it is kept, with its digest."""

    step: Step
    digest: bytes


class CaseFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which cases a list shows. `numbers`: of any of these; None: of all. `after`: the last id of
    the page before.
    """

    numbers: Sequence[str] | None = None
    kind: str | None = None
    owner: str | None = None
    waits_for: str | None = None
    open: bool | None = None
    after: int | None = None
    limit: int = 50


class CaseStore(Protocol):
    """Where cases are kept. Answers only of the tenant that asks; durable when it returns."""

    async def reserve(self) -> int:
        """An id for a new case."""
        ...

    async def add(
        self, row: CaseRow, step: StepRow, told: Sequence[Announcement], key: str | None
    ) -> bool:
        """A new case; False if one with this key is there already."""
        ...

    async def find(self, tenant: int, case: int) -> CaseRow | None: ...

    async def append(
        self, before: CaseRow, row: CaseRow, step: StepRow, told: Sequence[Announcement]
    ) -> bool:
        """One more step; False if another was added since `before` was read."""
        ...

    async def steps(self, tenant: int, case: int) -> list[StepRow]: ...

    async def list(self, tenant: int, wanted: CaseFilter) -> list[CaseRow]: ...
