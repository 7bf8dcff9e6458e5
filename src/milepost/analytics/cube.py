"""One pass over the rows gives a small table, from which all figures of a report are reckoned.

`cube` has a line for each group (d0, d1 …), stratum (s) and time step (bucket): how many rows
(c), how many of each part (p0, p1 …). `ended` is false for rows that go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import duckdb

from milepost.analytics.definitions import Report, dimensions, sources
from milepost.analytics.selection import Selection, where_of

# A mix is told apart by these, but for those that a report is grouped by.
_STRATA = ("lane", "weight", "season")
_FINE_S, _COARSE_S, _MANY = 60, 900, 500_000


class Cube(NamedTuple):
    """What the table `cube` of a connection holds. `step_s`: the width of a bucket."""

    report: Report
    by: tuple[str, ...]
    step_s: int

    @property
    def groups(self) -> str:
        return ", ".join(f"d{at}" for at in range(len(self.by)))

    @property
    def largest(self) -> str:
        """Narrows a question to the groups that are shown."""
        return f"SEMI JOIN shown USING ({self.groups})"


def make(
    duck: duckdb.DuckDBPyConnection,
    report: Report,
    wanted: Selection,
    by: Sequence[str],
    *,
    now_s: int,
    rows: int,
    stratum: str | None = None,
    largest: bool = False,
) -> Cube:
    """Fills `cube`. `rows`: about how many there are; `stratum`: SQL of one, else the mix's;
    `largest`: of the groups in `shown` alone.
    """
    step_s = _COARSE_S if rows > _MANY else _FINE_S
    where, values = where_of(report, wanted)
    columns = [f"{dimensions()[name].sql} AS d{at}" for at, name in enumerate(by)]
    columns.append(f"{stratum or _stratum(report, by)} AS s")
    columns += _times(report, step_s, now_s)
    columns += [f"coalesce({sql}, false) AS p{at}" for at, sql in enumerate(report.parts.values())]
    sums = [f"count(*) FILTER (p{at}) AS p{at}" for at in range(len(report.parts))]
    named = [f"d{at}" for at in range(len(by))]
    made = Cube(report, tuple(by), step_s)
    duck.execute("DROP TABLE IF EXISTS cube")
    duck.execute(
        f"CREATE TABLE cube AS SELECT {', '.join([*named, 's', 'ended', 'bucket'])}, "
        f"{', '.join(['count(*) AS c', *sums])} FROM (SELECT {', '.join(columns)} "
        f"FROM ({sources()[report.source]}) WHERE {where}) AS told "
        f"{made.largest if largest else ''} GROUP BY ALL",
        values,
    )
    return made


def _times(report: Report, step_s: int, now_s: int) -> list[str]:
    """The bucket of what a row measures; none where it measures nothing, or backwards."""
    if report.value is None:
        return ["true AS ended", "NULL::BIGINT AS bucket"]
    value = f"({report.value})"
    so_far = f"({report.censored})" if report.censored else "NULL"
    either = f"coalesce({value}, {so_far})".replace("$now", str(now_s))
    return [
        f"{value} IS NOT NULL AS ended",
        f"CASE WHEN {either} >= 0 THEN {either} // {step_s} * {step_s} END::BIGINT AS bucket",
    ]


def _stratum(report: Report, by: Sequence[str]) -> str:
    if not report.mix:
        return "''"
    parts = [dimensions()[name].sql for name in _STRATA if name not in by]
    if "service" not in by:
        # A name that only one carrier uses tells nothing of how services differ.
        parts.append("CASE WHEN service IN (FROM shared_services) THEN service ELSE '' END")
    return " || '|' || ".join(f"({one})" for one in parts)


def share_services(duck: duckdb.DuckDBPyConnection) -> None:
    """Makes `shared_services`: the services that more than one carrier has."""
    duck.execute(
        "CREATE TABLE shared_services AS SELECT service FROM journeys WHERE service IS NOT NULL "
        "GROUP BY service HAVING count(DISTINCT carrier) > 1"
    )


def counts(
    duck: duckdb.DuckDBPyConnection, cube: Cube, limit: int
) -> tuple[dict[tuple[str, ...], dict[str, int]], int]:
    """Group → n and the count of each part, for the largest; and how many more groups there are.

    Leaves the largest in `shown` and the counts of all together in `total`.
    """
    parts = "".join(f", sum(p{at})::BIGINT AS p{at}" for at in range(len(cube.report.parts)))
    duck.execute(f"CREATE OR REPLACE TABLE total AS SELECT sum(c) AS n{parts} FROM cube")
    duck.execute(
        f"CREATE OR REPLACE TABLE grouped AS SELECT {cube.groups}, sum(c)::BIGINT AS n{parts} "
        f"FROM cube GROUP BY {cube.groups}"
    )
    most = f"ORDER BY n DESC, {cube.groups} LIMIT {limit:d}"
    duck.execute(f"CREATE OR REPLACE TABLE shown AS SELECT {cube.groups} FROM grouped {most}")
    (groups,) = duck.execute("SELECT count(*) FROM grouped").fetchone() or (0,)
    width, names = len(cube.by), ["n", *cube.report.parts]
    found = {
        tuple(row[:width]): dict(zip(names, row[width:], strict=True))
        for row in duck.execute(f"FROM grouped {most}").fetchall()
    }
    return found, int(groups) - len(found)
