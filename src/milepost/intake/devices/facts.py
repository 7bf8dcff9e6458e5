"""What a report says beside what is measured: facts of the vehicle, and alarms."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from milepost.engine.devices import Told, Value
from milepost.intake.devices.report import Report

_table = tomllib.loads((files(__package__) / "facts.toml").read_text("utf-8"))
_NAMES, _PREFIXES = frozenset(_table["names"]), tuple(_table["prefixes"])
_MOST_NAMES, _MOST_CHARACTERS, _LARGEST = 64, 200, 2**53
_MOST_REMEMBERED = 4_096


def told(report: Report, asset: str) -> Told | None:
    """What the asset's record takes of a report; None without a time or where it says nothing."""
    at = report.at
    if at is None:
        return None
    facts: dict[str, Value] = {}
    for name, given in report.attributes.items():
        if _wanted[name] and (value := _kept(given)) is not None and len(facts) < _MOST_NAMES:
            facts[name] = value
    for name in report.nothing:
        facts[name] = ""
    alarms = report.alarms if report.tells_alarms else None
    if alarms is None and not facts:
        return None
    known = report.lat is not None and report.lon is not None and report.valid
    return Told(
        asset=asset,
        at_us=round(at.timestamp() * 1_000_000),
        facts=facts,
        alarms=alarms,
        lat_e7=round((report.lat or 0) * 1e7) if known else None,
        lon_e7=round((report.lon or 0) * 1e7) if known else None,
    )


class _Wanted(dict[str, bool]):
    """Whether a name is kept. Terminals name a few hundred; a liar's names are not remembered."""

    def __missing__(self, name: str) -> bool:
        wanted = name in _NAMES or name.startswith(_PREFIXES)
        if len(self) < _MOST_REMEMBERED:
            self[name] = wanted
        return wanted


_wanted = _Wanted()


def _kept(value: Value) -> Value | None:
    """A value as JSON and the store can hold it; None where they cannot."""
    if isinstance(value, str):
        return value.replace("\x00", "")[:_MOST_CHARACTERS]
    # A comparison, for NaN is neither.
    return value if -_LARGEST <= value <= _LARGEST else None
