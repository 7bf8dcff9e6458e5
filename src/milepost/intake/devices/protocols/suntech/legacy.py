"""The text forms of single families: `ST300STT;...`, and `ST910;...`."""

from __future__ import annotations

import re

from milepost.intake.devices.protocol import Identity, Outcome
from milepost.intake.devices.protocols.suntech.alerts import alert, emergency
from milepost.intake.devices.protocols.suntech.fields import fix_at, read_fix, read_probes
from milepost.intake.devices.protocols.suntech.serial import read_serial
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.text import field, number, whole


def read_legacy(head: str, fields: list[str]) -> Outcome:
    """ST300, ST600 and such: fields in a fixed order, by the kind of report at the end."""
    answer = field(fields, 1) == "Res"
    kind, name = head[5:], field(fields, 2 if answer else 1)
    outcome = Outcome(kind=kind, identity=Identity(name))
    where = fix_at(fields)
    if answer:
        outcome.facts["answer"] = ";".join(fields[3:])
    elif where is not None:
        report = read_fix(fields, *where)
        _rest(report, kind, head, fields[where[1] + 4 :])
        outcome.reports.append(report)
    elif kind == "HTE":
        outcome.reports.append(
            Report(attributes={"driver": fields[-1], "trip": ";".join(fields[2:])})
        )
    elif kind != "ALV":
        outcome.reports.append(Report(attributes={"cells_only": True}))
    return outcome


def _rest(report: Report, kind: str, head: str, rest: list[str]) -> None:
    """Satellites, fix, odometer, volts, inputs, then by kind of report."""
    report.attributes["satellites"] = whole(field(rest, 0)) or 0
    report.valid = field(rest, 1) == "1"
    if head.startswith("ST4"):
        _event(report, kind, None)
        return
    if (odometer := whole(field(rest, 2))) is not None:
        report.attributes["odometer_m"] = odometer
    if (volts := number(field(rest, 3))) is not None:
        report.attributes["power_mv"] = round(volts * 1000)
    inputs = field(rest, 4)
    if len(inputs) >= 6:
        report.attributes["ignition"] = inputs[0] == "1"
        report.attributes["inputs"] = inputs[1:]
    _event(report, kind, whole(field(rest, 5)))
    if kind == "UEX":
        read_serial(report, rest, 5)
    else:
        _tail(report, rest[7 if kind == "STT" else 6 :])


def _event(report: Report, kind: str, code: int | None) -> None:
    if kind == "EMG":
        emergency(report, code)
    elif kind == "ALT":
        alert(report, code)
    elif kind == "EVT" and code is not None:
        report.attributes["event"] = code


def _tail(report: Report, rest: list[str]) -> None:
    """Minutes of engine time, battery volts, kept back; then cards and temperature sensors."""
    if (minutes := whole(field(rest, 0))) is not None:
        report.attributes["engine_s"] = minutes * 60
    if (volts := number(field(rest, 1))) is not None:
        report.battery_mv = round(volts * 1000)
    report.attributes["buffered"] = field(rest, 2) == "0"
    read_probes(report, rest[3:])
    card = next((one for one in rest[3:] if re.fullmatch(r"[0-9A-Fa-f]{14}", one)), "")
    if card.strip("0"):
        report.attributes["driver"] = card


def read_compact(fields: list[str]) -> Outcome:
    """ST910: kind first; only a fix follows the course."""
    kind = field(fields, 1)
    outcome = Outcome(kind=kind, identity=Identity(field(fields, 2)))
    where = fix_at(fields)
    if where is None:
        return outcome
    report = read_fix(fields, *where)
    report.valid = field(fields, where[1] + 4) == "1"
    report.alarm("general" if kind in {"Emergency", "Alert"} else None)
    outcome.reports.append(report)
    return outcome
