"""What a device behind the serial line of a Suntech said."""

from __future__ import annotations

from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.text import field, whole


def read_serial(report: Report, rest: list[str], index: int) -> None:
    """Its length, then its own fields."""
    left = whole(field(rest, index)) or 0
    for text in rest[index + 1 :]:
        if left <= 0:
            return
        left -= len(text) + 1
        text = text.strip()
        name, equals, value = text.partition("=")
        if text.startswith("GTSL") and text.count("|") >= 4:
            report.attributes["driver"] = text.split("|")[4]
        elif text.startswith("CabAVL") and text.count(",") >= 3:
            report.attributes["fuel_levels"] = ",".join(text.split(",")[2:4])
        elif (
            equals and name[:1] in "tNQ" and (raw := whole(value.partition(".")[0], 16)) is not None
        ):
            label = {"t": "fuel_temperature_c", "N": "fuel_level", "Q": "driving_quality"}[name[0]]
            report.attributes[f"{label}_{name[2:]}"] = raw
        elif text:
            report.attributes["serial_data"] = text
