"""Teltonika's codecs 12, 13 and 14: text from the terminal, and answers to commands."""

from __future__ import annotations

from milepost.intake.devices.protocol import Outcome
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import unix
from milepost.intake.devices.wire.cursor import Cursor

_TIMED, _NAMED = 0x0D, 0x0E


def read_sentences(codec: int, count: int, cursor: Cursor, outcome: Outcome) -> None:
    """Each sentence: what kind, its length, a time (13) or an IMEI (14), the text."""
    for _ in range(count):
        kind, size = cursor.u8(), cursor.u32()
        body = cursor.sub(min(size, cursor.left))
        report = Report()
        if codec == _TIMED and body.left >= 4:
            report.at = unix(body.u32())
        if codec == _NAMED and body.left >= 8:
            outcome.facts["imei"] = body.hex(8).lstrip("0")
        raw = body.rest()
        text = raw.decode("ascii", "replace").strip("\r\n\0 ")
        if kind == 0x0D:  # a file's part
            outcome.facts["file_part_bytes"] = len(raw)
        elif text.startswith("GTSL") and text.count("|") >= 4:
            report.attributes["driver"] = text.split("|")[4]
            outcome.reports.append(report)
        elif text.isprintable():
            outcome.facts["answer"] = text
        else:
            outcome.facts["data"] = raw.hex()
