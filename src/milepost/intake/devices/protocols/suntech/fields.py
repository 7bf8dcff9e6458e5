"""What the text forms of Suntech share: finding the fix among the fields, and probes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import ymd_hms
from milepost.intake.devices.wire.text import field, number, pair_at

_DATE, _TIME = re.compile(r"\d{8}"), re.compile(r"\d\d:\d\d:\d\d")
_COORDINATE = re.compile(r"[+-]?\d{1,3}\.\d{4,}")
_PROBE = re.compile(r"[0-9A-F]{16}:[+-]?[\d.]+")


def fix_at(fields: list[str]) -> tuple[int, int] | None:
    """The indexes of the date and of the latitude; None where there is no position."""
    date = pair_at(fields, _DATE, _TIME, 1)
    if date is None:
        return None
    lat = pair_at(fields, _COORDINATE, _COORDINATE, date + 2)
    return None if lat is None else (date, lat)


def read_fix(fields: list[str], date: int, lat: int) -> Report:
    report = Report(at=ymd_hms(fields[date], fields[date + 1]))
    report.lat, report.lon = float(fields[lat]), float(fields[lat + 1])
    report.kmh(number(field(fields, lat + 2)) or 0)
    report.course(number(field(fields, lat + 3)) or 0)
    return report


def read_probes(report: Report, fields: Iterable[str]) -> None:
    """Temperature sensors, each by its number of 16 digits and its degrees."""
    for sensor, probe in enumerate((one for one in fields if _PROBE.fullmatch(one)), 1):
        report.celsius(float(probe.partition(":")[2]), sensor)
