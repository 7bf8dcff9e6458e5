"""The universal text form, `STT;...`: a mask says which fields there are."""

from __future__ import annotations

from milepost.intake.devices.protocol import Identity, Outcome
from milepost.intake.devices.protocols.suntech.alerts import alert, emergency
from milepost.intake.devices.protocols.suntech.fields import fix_at, read_fix, read_probes
from milepost.intake.devices.protocols.suntech.serial import read_serial
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.text import field, whole


def read_universal(kind: str, fields: list[str]) -> Outcome:
    """A report of any kind; `fields` are all, the kind first."""
    outcome = Outcome(kind=kind, identity=Identity(field(fields, 1)))
    if kind in {"RES", "CMD"}:
        outcome.facts["answer"] = ";".join(fields[2:])
        return outcome
    where = fix_at(fields)
    if where is None:
        if kind != "ALV":
            outcome.reports.append(Report(attributes={"cells_only": True}))
        return outcome
    report = read_fix(fields, *where)
    outcome.reports.append(report)
    rest = fields[where[1] + 4 :]
    if kind == "BLE":
        report.speed_mm_s = report.course_deg = None
        report.attributes["tags"] = ";".join(fields[where[1] + 2 :])
        return outcome
    _rest(report, kind, whole(field(fields, 2), 16) or 0, rest)
    return outcome


def _rest(report: Report, kind: str, mask: int, rest: list[str]) -> None:
    """What the bits from 15 on of the mask say that follows the course."""
    values = iter(rest)
    if mask >> 15 & 1:
        report.attributes["satellites"] = whole(next(values, "")) or 0
    if mask >> 16 & 1:
        report.valid = next(values, "") == "1"
    if mask >> 17 & 1:
        # Digits of zero and one, one an input; the last is the ignition.
        inputs = next(values, "")
        report.attributes |= {"ignition": inputs.endswith("1"), "inputs": inputs}
    if mask >> 18 & 1:
        report.attributes["outputs"] = next(values, "")
    left = list(values)
    if kind == "UEX":
        read_serial(report, left, 0)
        return
    code = whole(field(left, 0)) if mask >> 19 & 1 else None
    if kind == "ALT":
        alert(report, code)
    elif kind == "EMG":
        emergency(report, code)
    elif code is not None:
        report.attributes["mode"] = code
    more = left[sum(mask >> bit & 1 for bit in (19, 20, 21)) :]
    if any(more):
        report.attributes["assigned"] = ";".join(more)
    read_probes(report, more)
