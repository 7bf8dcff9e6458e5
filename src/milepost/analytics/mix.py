"""Groups compared at an equal mix: direct standardisation over the strata that several groups have.

Each stratum (lane, weight class, season, shared service) weighs in every group as much as it does
in all of them together. A group that lacks some of them is reckoned over the rest; `covered` says
how much of the mix that is.
"""

from __future__ import annotations

from typing import NamedTuple

import duckdb

from milepost.analytics.cube import Cube
from milepost.analytics.quantiles import SHOWN, Spread, spreads

_WEIGHTS = """
CREATE OR REPLACE TABLE mix AS
WITH cell AS (SELECT {groups}, s, sum(c) AS n FROM cube WHERE {counts} GROUP BY ALL),
common AS (SELECT s, sum(n) AS n FROM cell GROUP BY s HAVING count(*) > 1)
SELECT cell.*, common.n / (SELECT sum(n) FROM common) AS weight FROM cell JOIN common USING (s)
"""


class Mixed(NamedTuple):
    """`covered`: share of the mix. `worth`: as many shipments as an unweighted sample would need.
    `rates`: part → share at the equal mix.
    """

    covered: float
    worth: float
    rates: dict[str, float]
    spread: Spread | None


def mixed(duck: duckdb.DuckDBPyConnection, cube: Cube) -> dict[tuple[str, ...], Mixed]:
    """Group → its figures at the equal mix; groups that share no stratum are left out."""
    timed = cube.report.censored is not None
    counts = "bucket IS NOT NULL" if timed else "true"
    duck.execute(_WEIGHTS.format(groups=cube.groups, counts=counts))
    found = _rates(duck, cube)
    if not timed:
        return found
    curves = _curves(duck, cube)
    return {group: one._replace(spread=curves.get(group)) for group, one in found.items()}


def _rates(duck: duckdb.DuckDBPyConnection, cube: Cube) -> dict[tuple[str, ...], Mixed]:
    width, parts = len(cube.by), list(cube.report.parts)
    keys = ", ".join([*(f"d{at}" for at in range(width)), "s"])
    sums = "".join(f", sum(p{at}) AS p{at}" for at in range(len(parts)))
    shares = "".join(f", sum(weight * p{at} / n) / sum(weight)" for at in range(len(parts)))
    rows = duck.execute(
        f"WITH told AS (SELECT {keys}{sums} FROM cube GROUP BY ALL) "
        f"SELECT {cube.groups}, sum(weight), sum(weight) ** 2 / sum(weight ** 2 / n){shares} "
        f"FROM mix JOIN told USING ({keys}) GROUP BY {cube.groups}"
    ).fetchall()
    return {
        tuple(row[:width]): Mixed(
            row[width], row[width + 1], dict(zip(parts, row[width + 2 :], strict=True)), None
        )
        for row in rows
    }


def _curves(duck: duckdb.DuckDBPyConnection, cube: Cube) -> dict[tuple[str, ...], Spread]:
    """Percentiles of the weighed rows. What they rest on is reckoned of those that have ended."""
    same = " AND ".join(
        [*(f"mix.d{at} = cube.d{at}" for at in range(len(cube.by))), "mix.s = cube.s"]
    )
    weights = f"coalesce((SELECT any_value(weight / n) FROM mix WHERE {same}), 0.0)"
    ended = "FILTER (ended AND bucket IS NOT NULL)"
    sizes = f"sum(c * w) {ended} ** 2 / nullif(sum(c * w * w) {ended}, 0)"
    return spreads(duck, cube, SHOWN, weights, sizes)
