"""The rows of a report: counts, shares, percentiles, each with how sure it is."""

from __future__ import annotations

from typing import Any

import duckdb
import msgspec

from milepost.analytics.bands import FEW, wilson
from milepost.analytics.cube import Cube, counts, make, share_services
from milepost.analytics.definitions import Report, reports
from milepost.analytics.extras import EXTRAS, Rows
from milepost.analytics.mix import Mixed, mixed
from milepost.analytics.quantiles import Spread, spreads
from milepost.analytics.selection import Selection

_HOUR_S = 3600
_ALL = 1_000_000
# Which figures of other reports a scorecard shows, under which name.
_TAKEN = {
    "transit": ("n", "p50_h", "p90_h", "p90_low_h", "p90_high_h", "p50_h_equal_mix",
                "p90_h_equal_mix", "mix_covered"),
    "promise": ("n", "kept_rate", "kept_low", "kept_high", "kept_rate_equal_mix"),
    "first_attempt": ("n", "first_rate", "first_low", "first_high", "first_rate_equal_mix"),
    "losses": ("n", "returned_rate", "damaged_rate", "damaged_high", "lost_rate", "lost_high"),
    "customs_causes": ("n", "held_rate", "held_low", "held_high"),
}  # fmt: skip


def rows_of(
    duck: duckdb.DuckDBPyConnection,
    report: Report,
    wanted: Selection,
    by: tuple[str, ...],
    *,
    now_s: int,
    rows: int,
    limit: int,
) -> tuple[Rows, int]:
    """Group → its figures, for the largest groups; and how many more there are."""
    # Times are only looked at in the groups that are shown; a mix needs those of all.
    untimed = msgspec.structs.replace(report, value=None, censored=None)
    narrow = report.value is not None and not report.mix
    cube = make(duck, untimed if narrow else report, wanted, by, now_s=now_s, rows=rows)
    counted, left_out = counts(duck, cube, limit)
    if narrow:
        cube = make(duck, report, wanted, by, now_s=now_s, rows=rows, largest=True)
    found: Rows = {group: dict[str, Any](one) for group, one in counted.items()}
    _figures(duck, cube, wanted, found, now_s)
    for one in found.values():
        one["small"] = (one["of"] if report.of else one["n"]) < FEW
    return found, left_out


def _figures(
    duck: duckdb.DuckDBPyConnection, cube: Cube, wanted: Selection, found: Rows, now_s: int
) -> None:
    """What is reckoned from a cube, into the rows."""
    report = cube.report
    for one in found.values():
        _shares(one, report)
    if report.value is not None:
        for group, spread in spreads(duck, cube).items():
            found[group] |= _percentiles(spread, report.prefix)
    if report.mix:
        for group, mix in mixed(duck, cube).items():
            if group in found:
                found[group] |= _mixed(mix, report)
    if report.of is not None:
        _of_all(duck, report, wanted, cube, found, now_s)
    if report.extra is not None and found:
        EXTRAS[report.extra](duck, cube, wanted, found, now_s)


def scorecards(
    duck: duckdb.DuckDBPyConnection,
    report: Report,
    wanted: Selection,
    by: tuple[str, ...],
    *,
    now_s: int,
    rows: int,
    limit: int,
) -> tuple[Rows, int]:
    """Figures of several reports side by side; their names begin with the report's."""
    found, left_out = rows_of(duck, report, wanted, by, now_s=now_s, rows=rows, limit=limit)
    for name in report.takes:
        other = reports()[name]
        theirs, _ = rows_of(duck, other, wanted, by, now_s=now_s, rows=rows, limit=_ALL)
        for group, one in found.items():
            taken = theirs.get(group, {})
            one |= {f"{name}_{key}": taken.get(key) for key in _TAKEN[name]}
    return found, left_out


def prepare(duck: duckdb.DuckDBPyConnection) -> None:
    """What every report with a mix needs."""
    share_services(duck)


def _shares(one: dict[str, Any], report: Report) -> None:
    for name in report.rates:
        low, high = wilson(one[name], one["n"])
        one |= {
            f"{name}_rate": round(one[name] / one["n"], 4),
            f"{name}_low": round(low, 4),
            f"{name}_high": round(high, 4),
        }


def _percentiles(spread: Spread, prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = {f"{prefix}measured": round(spread.measured)}
    for quantile, (value, low, high) in spread.at.items():
        name = f"{prefix}p{quantile * 100:.0f}"
        found |= {f"{name}_h": _hours(value), f"{name}_low_h": _hours(low),
                  f"{name}_high_h": _hours(high)}  # fmt: skip
    return found


def _mixed(mix: Mixed, report: Report) -> dict[str, Any]:
    found: dict[str, Any] = {
        "mix_covered": round(mix.covered, 3),
        "mix_worth": int(mix.worth),
        "mix_small": mix.worth < FEW or mix.covered < 0.5,
    }
    for name in report.rates:
        low, high = wilson(mix.rates[name] * mix.worth, mix.worth)
        found |= {
            f"{name}_rate_equal_mix": round(mix.rates[name], 4),
            f"{name}_low_equal_mix": round(low, 4),
            f"{name}_high_equal_mix": round(high, 4),
        }
    if mix.spread is not None:
        found |= {
            f"{name}_equal_mix": value
            for name, value in _percentiles(mix.spread, report.prefix).items()
            if name != f"{report.prefix}measured"
        }
    return found


def _of_all(
    duck: duckdb.DuckDBPyConnection,
    report: Report,
    wanted: Selection,
    cube: Cube,
    found: Rows,
    now_s: int,
) -> None:
    """Shares of all rows of another source, which does not know some of the dimensions."""
    assert report.of is not None
    all_of = Report(title="", about="", source=report.of, by=())
    kept = [at for at, name in enumerate(cube.by) if name not in report.apart]
    filters = {k: v for k, v in wanted.filters.items() if k not in report.apart}
    other = Selection(from_s=wanted.from_s, to_s=wanted.to_s, filters=filters)
    by = tuple(cube.by[at] for at in kept) or ("all",)
    totals, _ = counts(duck, make(duck, all_of, other, by, now_s=now_s, rows=0), _ALL)
    for group, one in found.items():
        of = totals[tuple(group[at] for at in kept) or ("all",)]["n"]
        low, high = wilson(one["n"], of)
        one |= {"of": of, "rate": round(one["n"] / of, 4), "low": round(low, 4),
                "high": round(high, 4)}  # fmt: skip


def _hours(value_s: int | None) -> float | None:
    return None if value_s is None else round(value_s / _HOUR_S, 2)
