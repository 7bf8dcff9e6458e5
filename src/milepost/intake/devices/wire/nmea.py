"""The RMC sentence of NMEA 0183, which many protocols carry."""

from __future__ import annotations

import re

from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import dmy_hms
from milepost.intake.devices.wire.places import minutes
from milepost.intake.devices.wire.text import number

# Time, validity, latitude, longitude, speed in knots, course, date DDMMYY. Makers put one more
# field or a space here and there.
RMC = re.compile(
    r"(?P<time>\d{6}(?:\.\d+)?),(?P<valid>[AVL]),\s*(?P<lat>-?\d{2,4}\.\d+),(?P<ns>[NS]),"
    r"\s*(?P<lon>-?\d{3,5}\.\d+),(?P<ew>[EW]),\s*(?P<speed>\d*\.?\d*),(?P<course>\d*\.?\d*),"
    r"(?:\d*\.?\d*,)?(?P<date>\d{6})"
)


def read_rmc(text: str, at: int = 0) -> tuple[Report, int] | None:
    """The first RMC sentence from a place on, and where it ends; None where there is none."""
    found = RMC.search(text, at)
    if found is None:
        return None
    report = Report(at=dmy_hms(found["date"], found["time"]), valid=found["valid"] == "A")
    report.lat = minutes(found["lat"], found["ns"])
    report.lon = minutes(found["lon"], found["ew"])
    report.knots(number(found["speed"]) or 0)
    report.course(number(found["course"]) or 0)
    return report, found.end()
