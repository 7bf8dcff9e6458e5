"""What the numbers of Suntech's alert and emergency reports mean; the table is `alerts.toml`."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from milepost.intake.devices.report import Report

_table = tomllib.loads((files(__package__) / "alerts.toml").read_text("utf-8"))
_ALERTS = {int(code): name for code, name in _table["alerts"].items()}
_EMERGENCIES = {int(code): name for code, name in _table["emergencies"].items()}
_NOTHING = frozenset(_table["nothing"]["alerts"])


def alert(report: Report, code: int | None) -> None:
    """The alert of a report; None: it is one, and nothing tells which."""
    if code is None:
        report.alarm("unknown")
    else:
        report.alarm_code(code, _ALERTS, _NOTHING)
        report.attributes["event"] = code


def emergency(report: Report, code: int | None) -> None:
    """The emergency of a report; None: it is one, and nothing tells which."""
    if code is None:
        report.alarm("unknown")
    else:
        report.alarm_code(code, _EMERGENCIES, ())
