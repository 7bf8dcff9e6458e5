"""What some reports tell beside counts, shares and percentiles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import msgspec

from milepost.analytics.bands import FEW, wilson
from milepost.analytics.cube import Cube, make
from milepost.analytics.selection import Selection

Rows = dict[tuple[str, ...], dict[str, Any]]
_HOUR_S = 3600
_MOMENTS = """
SELECT {groups}, sum(c * bucket) / sum(c) / 3600 AS mean,
    sqrt(greatest(0, sum(c * bucket * bucket) / sum(c) - (sum(c * bucket) / sum(c)) ** 2)) / 3600
FROM cube {largest} WHERE ended AND bucket IS NOT NULL GROUP BY {groups}
"""
_TREND = """
WITH monthly AS (
    SELECT {groups}, s, quantile_cont(bucket / 3600, 0.5) AS middle, count(*) AS n
    FROM (SELECT *, unnest(range(c)) FROM cube {largest} WHERE ended AND bucket IS NOT NULL)
    GROUP BY ALL
)
SELECT {groups}, count(*), regr_slope(middle, s::BIGINT) FROM monthly GROUP BY {groups}
"""
_MONTHS = (
    "CAST(date_diff('month', TIMESTAMP '1970-01-01', make_timestamp(time_s * 1000000)) AS VARCHAR)"
)
_LEAST_MONTHS = 3


def steadiness(
    duck: duckdb.DuckDBPyConnection, cube: Cube, wanted: Selection, rows: Rows, now_s: int
) -> None:
    """Mean, coefficient of variation, and how the median moves from month to month."""
    make(duck, cube.report, wanted, cube.by, now_s=now_s, rows=0, stratum=_MONTHS)
    width = len(cube.by)
    for row in duck.execute(_filled(_MOMENTS, cube)).fetchall():
        mean, deviation = row[width], row[width + 1]
        rows[tuple(row[:width])] |= {
            "mean_h": round(mean, 2),
            "variation": round(deviation / mean, 3) if mean else None,
        }
    for row in duck.execute(_filled(_TREND, cube)).fetchall():
        enough = row[width] >= _LEAST_MONTHS and row[width + 1] is not None
        rows[tuple(row[:width])] |= {
            "months": row[width],
            "trend_h_per_month": round(row[width + 1], 2) if enough else None,
        }
    for one in rows.values():
        one |= {"steady": _steady(one)}


def _filled(sql: str, cube: Cube) -> str:
    return sql.format(groups=cube.groups, largest=cube.largest)


def _steady(one: dict[str, Any]) -> str:
    """In a word: how far the slow tenth is from the middle."""
    middle, slow = one.get("p50_h"), one.get("p90_h")
    if one.get("timed", 0) < FEW or not middle or slow is None:
        return "too few to say"
    return "steady" if slow <= 2 * middle else "uneven" if slow <= 4 * middle else "erratic"


def lift(
    duck: duckdb.DuckDBPyConnection, cube: Cube, wanted: Selection, rows: Rows, now_s: int
) -> None:
    """Each group's share against that of all others."""
    n, held = duck.execute("SELECT n, p0 FROM total").fetchone() or (0, 0)
    for one in rows.values():
        others, theirs = n - one["n"], held - one["held"]
        usual = theirs / others if others else None
        share = one["held"] / one["n"]
        one |= {
            "others_held_rate": None if usual is None else round(usual, 4),
            "lift": round(share / usual, 2) if usual else None,
            "verdict": _verdict(one, others, theirs),
        }


def _verdict(one: dict[str, Any], others: int, theirs: int) -> str:
    """More or less than usual only where the two intervals do not touch."""
    if one["n"] < FEW or others < FEW:
        return "too few to say"
    low, high = wilson(one["held"], one["n"])
    usual_low, usual_high = wilson(theirs, others)
    if low > usual_high:
        return "more than usual"
    return "less than usual" if high < usual_low else "as usual"


def throughput(
    duck: duckdb.DuckDBPyConnection, cube: Cube, wanted: Selection, rows: Rows, now_s: int
) -> None:
    """Stays a day, over the days of the whole span."""
    day = "CAST(time_s // 86400 AS VARCHAR)"
    untimed = msgspec.structs.replace(cube.report, value=None, censored=None, parts={})
    make(duck, untimed, wanted, cube.by, now_s=now_s, rows=0, stratum=day)
    span = duck.execute("SELECT max(s::BIGINT) - min(s::BIGINT) + 1 FROM cube").fetchone()
    days = int(span[0]) if span and span[0] else 1
    width = len(cube.by)
    busiest = duck.execute(
        f"SELECT {cube.groups}, max(n) FROM (SELECT {cube.groups}, s, sum(c) AS n FROM cube "
        f"{cube.largest} GROUP BY ALL) GROUP BY {cube.groups}"
    ).fetchall()
    for row in busiest:
        one = rows[tuple(row[:width])]
        one |= {"per_day": round(one["n"] / days, 2), "busiest_day": int(row[width])}


Extra = Callable[[duckdb.DuckDBPyConnection, Cube, Selection, Rows, int], None]
EXTRAS: dict[str, Extra] = {"steadiness": steadiness, "lift": lift, "throughput": throughput}
