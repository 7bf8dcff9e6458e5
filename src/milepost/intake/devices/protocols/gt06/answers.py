"""Sentences in which GT06 terminals answer commands, and those of devices behind them."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo

from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import ymd_hms
from milepost.intake.devices.wire.places import degrees

_POSITION = re.compile(
    r"Current position!\s*Lat:(?P<ns>[NS])(?P<lat>[\d.]+),\s*Lon:(?P<ew>[EW])(?P<lon>[\d.]+),"
    r"\s*Course:(?P<course>[\d.]+),\s*Speed:(?P<speed>[\d.]+),"
    r"\s*DateTime:(?P<date>\d{4}-\d\d-\d\d) +(?P<time>\d\d:\d\d:\d\d)"
)


def current_position(text: str, zone: tzinfo) -> Report | None:
    """The position in the answer to a WHERE command; None where there is none."""
    found = _POSITION.search(text)
    if found is None:
        return None
    report = Report(at=_time(found["date"], found["time"], zone))
    report.lat = degrees(found["lat"], found["ns"])
    report.lon = degrees(found["lon"], found["ew"])
    report.course(float(found["course"]))
    report.kmh(float(found["speed"]))
    return report


def _time(date: str, time: str, zone: tzinfo) -> datetime:
    return ymd_hms(date, time, zone)
