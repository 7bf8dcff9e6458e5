"""EasyTrack: `*ET,135790246811221,DW,A,0A090D,101C0D,00CF27C6,0413FA4E,...#`.

Source: "EasyTrack GPRS protocol". Everything is in hexadecimal; times are UTC.
"""

from __future__ import annotations

from milepost.intake.devices.protocol import FrameError, Identity, Outcome, Protocol, Session
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import moment
from milepost.intake.devices.wire.framing import between
from milepost.intake.devices.wire.text import field, sentence, whole

# 600,000 units a degree; the top bit says south or west.
_UNITS = 600_000
_BITS = {1: "door", 5: "low_power", 6: "power_cut", 17: "overspeed", 20: "sos"}


def decode(frame: bytes, session: Session) -> Outcome:
    """One frame; raises FrameError where it is none."""
    text = sentence(frame)
    fields = text.strip("*#").split(",")
    if len(fields) < 3 or not text.startswith("*"):
        raise FrameError("no frame: *ET,name,kind expected")
    kind = fields[2]
    outcome = Outcome(kind=kind, identity=Identity(fields[1]))
    if field(fields, 3) in {"A", "V"} and len(fields) >= 8:
        outcome.reports.append(_position(fields[3:]))
    if kind in {"TX", "MQ"}:
        outcome.replies.append(f"{text.rstrip('#').split(',', 3)[0]},{fields[1]},{kind}#".encode())
    return outcome


def _bytes(text: str) -> list[int]:
    raw = bytes.fromhex(text)
    if len(raw) != 3:
        raise FrameError(f"no time: {text}")
    return list(raw)


def _degrees(text: str) -> float:
    raw = int(text, 16)
    return (-(raw & 0x7FFFFFFF) if raw >> 31 & 1 else raw) / _UNITS


def _position(fields: list[str]) -> Report:
    year, month, day = _bytes(fields[1])
    hour, minute, second = _bytes(fields[2])
    report = Report(at=moment(year, month, day, hour, minute, second), valid=fields[0] == "A")
    report.lat, report.lon = _degrees(fields[3]), _degrees(fields[4])
    if (speed := whole(field(fields, 5), 16)) is not None:
        report.kmh(speed / 100)
    if (course := whole(field(fields, 6), 16)) is not None:
        report.course(course / 100)
    if (status := whole(field(fields, 7), 16)) is not None:
        report.attributes["status"] = status
        for bit, name in _BITS.items():
            report.alarm(name if status >> bit & 1 else None)
    return report


PROTOCOL = Protocol(
    name="easytrack", title="EasyTrack", cut=between(b"*", b"#"), decode=decode, encoding="text",
    datagrams=True,
)  # fmt: skip
