"""What Meitrack's event codes mean; the table is `events.toml`."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from milepost.intake.devices.report import Report

_table = tomllib.loads((files(__package__) / "events.toml").read_text("utf-8"))
_ALARMS = {int(code): name for code, name in _table["alarms"].items()}
_NOTHING = frozenset(_table["nothing"]["codes"])


def add_event(report: Report, code: int) -> None:
    """The event that a report is about, and the alarm where it is one."""
    report.attributes["event"] = code
    report.alarm_code(code, _ALARMS, _NOTHING)
