"""Frames of Suntech: which form each has."""

from __future__ import annotations

import re

from milepost.intake.devices.protocol import FrameError, Identity, Outcome, Session
from milepost.intake.devices.protocols.suntech.binary import read_binary
from milepost.intake.devices.protocols.suntech.framing import UNIVERSAL, ZIP
from milepost.intake.devices.protocols.suntech.legacy import read_compact, read_legacy
from milepost.intake.devices.protocols.suntech.packed import read_zip
from milepost.intake.devices.protocols.suntech.universal import read_universal
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.cursor import Cursor
from milepost.intake.devices.wire.text import field

_HEADS = {"STT", "ALT", "UEX", "BLE", "EMG", "EVT", "TRV", "ALV", "RES", "CMD", "HTE", "SNB"}
# Beacons that a terminal heard, and its answer to a command that it does not know.
_NOTHING = {"BSA", "-Error"}
_LEGACY = re.compile(r"S[AT]\d{3}[A-Z]{3}")


def decode(frame: bytes, session: Session) -> Outcome:
    """One frame; raises FrameError where it is none."""
    if frame[:1] and frame[0] == ZIP:
        return read_zip(Cursor(frame))
    if frame[:1] and frame[0] in UNIVERSAL:
        return read_binary(Cursor(frame))
    fields = frame.decode("latin-1").strip("\r\n\0 ").split(";")
    head = fields[0]
    if head in _HEADS:
        return read_universal(head, fields)
    if head.startswith(("ST9", "SA9")):
        return read_compact(fields)
    if _LEGACY.fullmatch(head):
        return read_legacy(head, fields)
    if head == "CRR":
        return _crash(fields)
    if head in _NOTHING:
        return Outcome(kind=head.strip("-"), identity=_identity(fields))
    raise FrameError(f"unknown kind of report {head[:12]!r}")


def _identity(fields: list[str]) -> Identity | None:
    name = field(fields, 1)
    return Identity(name) if name else None


def _crash(fields: list[str]) -> Outcome:
    report = Report(attributes={"collision_trace": True})
    report.alarm("collision")
    return Outcome(kind="CRR", identity=Identity(field(fields, 1)), reports=[report])
