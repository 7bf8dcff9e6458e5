"""Which rows have to be made anew: a queue of roads, and facts by their numbers.

Who writes the line of a road that is over, or was, puts it into the queue in the same transaction.
It is taken out when the table is on disk with its row. Only the keeper of one table may do that:
another table would miss what it has never seen.

Facts are numbered, but do not come in by their numbers. A number that is missing may still be under
way. Whatever comes late is seen all the same, for as long as no transaction lasts; then the gap
counts as given up.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from time import monotonic
from uuid import uuid4

from milepost.analytics.reading import Pool

# No transaction of ours is open for so long.
SETTLED_S = 120.0


# So many roads are asked for with one question.
PAGE = 200
# It waits for nobody who writes lines, so no two can wait for each other.
_REMOVE = """
DELETE FROM journey_touched WHERE road = ANY(ARRAY(
    SELECT road FROM journey_touched AS here
    JOIN unnest($1::bigint[], $2::bigint[]) AS done (road, version) USING (road, version)
    WHERE EXISTS (SELECT FROM journey_table WHERE kept_by = $3)
    FOR UPDATE OF here SKIP LOCKED))
"""


class Queue:
    """Roads with the version under which they were put in; a greater one has changed since."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def pages(self) -> AsyncIterator[list[tuple[int, int]]]:
        """All (road, version), whether they are taken out meanwhile or not."""
        after = -(2**63)
        sql = "SELECT road, version FROM journey_touched WHERE road > $1 ORDER BY road LIMIT $2"
        while True:
            async with self._pool.connection() as connection:
                rows = await connection.fetch(sql, after, PAGE)
            yield [(row[0], row[1]) for row in rows]
            if len(rows) < PAGE:
                return
            after = rows[-1][0]

    async def remove(self, done: Sequence[tuple[int, int]], table: str) -> None:
        """Their rows are on disk, in the table of this name; nothing if it is not that table's."""
        roads, versions = [road for road, _ in done], [version for _, version in done]
        async with self._pool.connection() as connection:
            await connection.execute(_REMOVE, roads, versions, table)

    async def kept_by(self) -> str | None:
        """The name of the table that it is for; None while there is none."""
        async with self._pool.connection() as connection:
            name: str | None = await connection.fetchval(
                "SELECT kept_by FROM journey_table LIMIT 1"
            )
        return name

    async def claim(self, *, anyway: bool) -> str:
        """A new table's name, for which the queue is from now on: "" if it is another's, unless
        `anyway`. What is put in from now on is there when the new table has been made.
        """
        name = uuid4().hex
        sql = "UPDATE journey_table SET kept_by = $1 WHERE $2 OR kept_by IS NULL"
        async with self._pool.connection() as connection:
            done = await connection.execute(sql, name, anyway)
        return name if done != "UPDATE 0" else ""


class Numbers:
    """Tells new numbers from known ones. Everything up to `floor` is known."""

    def __init__(self, floor: int, clock_s: Callable[[], float] = monotonic) -> None:
        self.floor = floor
        self._seen: set[int] = set()
        self._clock_s = clock_s
        self._heights: deque[tuple[float, int]] = deque()

    def fresh(self, numbers: Iterable[int]) -> list[int]:
        """Those that were not given before."""
        return [one for one in numbers if one > self.floor and one not in self._seen]

    def know(self, numbers: Iterable[int]) -> None:
        """They are dealt with; the floor rises over what has settled."""
        now_s = self._clock_s()
        self._seen.update(one for one in numbers if one > self.floor)
        while self.floor + 1 in self._seen:
            self.floor += 1
            self._seen.discard(self.floor)
        if self._seen:
            self._heights.append((now_s, max(self._seen)))
        while self._heights and self._heights[0][0] <= now_s - SETTLED_S:
            self._raise(self._heights.popleft()[1])

    def _raise(self, floor: int) -> None:
        if floor > self.floor:
            self.floor = floor
            self._seen = {one for one in self._seen if one > floor}
