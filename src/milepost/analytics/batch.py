"""What the keeper writes at once: rows, roads that have none any more, and what is done by that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from milepost.analytics.journey import is_over
from milepost.analytics.reading import Line
from milepost.analytics.table import Row


class Batch:
    """Each road once: what is told of it later takes the place of what was told before."""

    def __init__(self) -> None:
        self._rows: dict[int, Row] = {}
        self._gone: dict[int, int] = {}
        self.done: list[tuple[int, int]] = []

    def __len__(self) -> int:
        return len(self._rows) + len(self._gone)

    @property
    def rows(self) -> list[Row]:
        return list(self._rows.values())

    @property
    def gone(self) -> list[tuple[int, int]]:
        """(tenant, road); tenant 0 where nobody knows any more."""
        return [(tenant, road) for road, tenant in self._gone.items()]

    def put(self, rows: Iterable[Row]) -> None:
        self._rows |= {row[0].road: row for row in rows}

    def settle(
        self, page: Sequence[tuple[int, int]], lines: Sequence[Line], rows: Iterable[Row]
    ) -> None:
        """A page of the queue: a road in it without a line, or whose line is not over, was over
        before and has no row any more.
        """
        over = {line.id for line in lines if is_over(line.code)}
        tenants = {line.id: line.tenant for line in lines}
        for road, _ in page:
            if road not in over:
                self._rows.pop(road, None)
                self._gone[road] = tenants.get(road, 0)
        self.put(rows)
        self.done += page
