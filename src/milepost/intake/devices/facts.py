"""What a report says beside what is measured: facts of the vehicle, and alarms."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from math import isfinite

from milepost.engine.devices import Told, Value
from milepost.intake.devices.report import Report

_table = tomllib.loads((files(__package__) / "facts.toml").read_text("utf-8"))
_NAMES, _PREFIXES = frozenset(_table["names"]), tuple(_table["prefixes"])
_MOST_NAMES, _MOST_CHARACTERS, _LARGEST = 64, 200, 2**53


def told(report: Report, asset: str) -> Told | None:
    """What the asset's record takes of a report; None without a time or where it says nothing."""
    facts = {
        name: value
        for name, given in report.attributes.items()
        if _wanted(name) and (value := _kept(given)) is not None
    }
    facts |= dict.fromkeys(report.nothing, "")
    if report.at is None or not (facts or report.tells_alarms):
        return None
    known = report.located and report.valid
    return Told(
        asset=asset,
        at_us=round(report.at.timestamp() * 1_000_000),
        facts=dict(list(facts.items())[:_MOST_NAMES]),
        alarms=report.alarms if report.tells_alarms else None,
        lat_e7=round((report.lat or 0) * 1e7) if known else None,
        lon_e7=round((report.lon or 0) * 1e7) if known else None,
    )


@lru_cache(maxsize=4_096)
def _wanted(name: str) -> bool:
    return name in _NAMES or name.startswith(_PREFIXES)


def _kept(value: Value) -> Value | None:
    """A value as JSON and the store can hold it; None where they cannot."""
    if isinstance(value, str):
        return value.replace("\x00", "")[:_MOST_CHARACTERS]
    return value if isfinite(value) and abs(value) <= _LARGEST else None
