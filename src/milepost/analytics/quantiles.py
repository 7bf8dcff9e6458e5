"""Percentiles with bands out of a cube, in SQL.

Rows that go on are censored: they count among those at risk for as long as they have lasted
(Kaplan and Meier 1958). Where nothing goes on, that is the plain percentile.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import duckdb
import pyarrow as pa

from milepost.analytics.bands import ranks
from milepost.analytics.cube import Cube

SHOWN = (0.5, 0.8, 0.9, 0.95)
# A share that was reckoned as 0.8999999 is 0.9.
_TINY = 1e-9

_CURVE = """
WITH step AS (
    SELECT {groups}, bucket, sum(c * w) FILTER (ended) AS dead, sum(c * w) AS gone
    FROM weighed {largest} WHERE bucket IS NOT NULL GROUP BY ALL
), risk AS (
    SELECT *, coalesce(dead, 0) AS died,
        sum(gone) OVER (PARTITION BY {groups} ORDER BY bucket DESC) AS at_risk
    FROM step
)
SELECT {groups}, bucket, 1 - exp(sum(
    CASE WHEN died >= at_risk * (1 - 1e-12) THEN -700 ELSE ln(1 - died / at_risk) END
) OVER (PARTITION BY {groups} ORDER BY bucket)) AS reached FROM risk
"""


class Spread(NamedTuple):
    """`measured`: how many a group's percentiles rest on. `at`: percentile → (seconds, the band's
    lower and upper end), None where the data do not reach so far.
    """

    measured: float
    at: dict[float, tuple[int | None, int | None, int | None]]


def spreads(
    duck: duckdb.DuckDBPyConnection,
    cube: Cube,
    shown: Sequence[float] = SHOWN,
    weights: str = "1.0",
    sizes: str = "sum(c) FILTER (ended AND bucket IS NOT NULL)",
) -> dict[tuple[str, ...], Spread]:
    """Group → its spread. `weights`: SQL of a row's weight; `sizes`: of how many it is worth."""
    width = len(cube.by)
    duck.execute(f"CREATE OR REPLACE TEMP VIEW weighed AS SELECT *, {weights} AS w FROM cube")
    duck.execute(f"CREATE OR REPLACE TEMP TABLE curve AS {_curve(cube)}")
    worths = f"SELECT {cube.groups}, {sizes} FROM weighed {cube.largest} GROUP BY {cube.groups}"
    worth = {tuple(row[:width]): float(row[-1] or 0) for row in duck.execute(worths).fetchall()}
    wanted = _wanted(cube, worth, shown)
    duck.register("wanted", wanted)
    on = " AND ".join([f"wanted.d{at} = curve.d{at}" for at in range(width)])
    names = "".join(f"wanted.d{at}, " for at in range(width))
    rows = duck.execute(
        f"SELECT {names}quantile, which, min(bucket) FROM wanted JOIN curve ON {on} "
        f"AND reached >= share - {_TINY} GROUP BY ALL"
    ).fetchall()
    duck.unregister("wanted")
    found = {(tuple(row[:width]), row[width], row[width + 1]): int(row[-1]) for row in rows}
    return {
        group: Spread(
            size,
            {
                quantile: (
                    found.get((group, quantile, 0)),
                    found.get((group, quantile, -1)),
                    found.get((group, quantile, 1)),
                )
                for quantile in shown
            },
        )
        for group, size in worth.items()
        if size >= 1
    }


def _curve(cube: Cube) -> str:
    return _CURVE.format(groups=cube.groups, largest=cube.largest)


def _wanted(cube: Cube, worth: dict[tuple[str, ...], float], shown: Sequence[float]) -> pa.Table:
    """The shares of the curve that have to be looked up."""
    rows = []
    for group, size in worth.items():
        named = {f"d{at}": value for at, value in enumerate(group)}
        for quantile in shown:
            low, high = ranks(int(size), quantile)
            shares = {0: quantile, -1: low and low / int(size), 1: high and high / int(size)}
            rows += [
                named | {"quantile": quantile, "which": which, "share": share}
                for which, share in shares.items()
                if share is not None
            ]
    kinds = [(f"d{at}", pa.string()) for at in range(len(cube.by))]
    kinds += [("quantile", pa.float64()), ("which", pa.int8()), ("share", pa.float64())]
    return pa.Table.from_pylist(rows, pa.schema(kinds))
