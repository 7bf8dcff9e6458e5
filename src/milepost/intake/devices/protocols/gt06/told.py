"""What GT06 terminals tell in words, about themselves, and of devices behind their serial line."""

from __future__ import annotations

from milepost.domain.telemetry import RfidRead
from milepost.intake.devices.protocol import Outcome
from milepost.intake.devices.protocols.gt06.answers import current_position
from milepost.intake.devices.protocols.gt06.message import Message
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.clocks import byte_time
from milepost.intake.devices.wire.cursor import Cursor


def read_text(one: Message, body: Cursor, outcome: Outcome) -> None:
    """0x15: the answer to a command."""
    length = body.u8()
    body.skip(4)
    # Some give no length at all, and a sentence all the same.
    text = body.text(min(length - 4, body.left) if length >= 4 else body.left)
    if text.startswith("<ICCID:"):
        outcome.facts["iccid"] = text[7:27]
        return
    _answer(one, text, outcome)


def read_long_text(one: Message, body: Cursor, outcome: Outcome) -> None:
    """0x21: the answer to a command in ASCII or UTF-16."""
    body.skip(4)
    encoding = "ascii" if body.u8() == 1 else "utf-16-be"
    _answer(one, body.text(body.left, encoding), outcome)


def _answer(one: Message, text: str, outcome: Outcome) -> None:
    report = current_position(text, one.zone)
    if report is not None:
        outcome.reports.append(report)
    else:
        outcome.facts["answer"] = text


def read_information(one: Message, body: Cursor, outcome: Outcome) -> None:
    """0x94: one of many records about the terminal."""
    kind = body.u8()
    report = Report()
    if kind == 0x00:
        report.attributes["power_mv"] = body.u16() * 10
    elif kind == 0x05:
        if body.left >= 7:
            report.at = byte_time(body, one.zone)
        flags = body.u8()
        report.attributes |= {"door_open": bool(flags & 1), "input": bool(flags >> 2 & 1)}
    elif kind == 0x0A:
        outcome.facts = {"imei": body.hex(8)[1:], "imsi": body.hex(8)[1:]}
        outcome.facts["iccid"] = body.hex(10).rstrip("f")
        return
    elif kind == 0x0B and body.left == 1:
        outcome.facts["network"] = "4G" if body.u8() else "2G"
        return
    elif kind == 0x0D:
        _fuel(report, body.rest())
    elif kind == 0x1B:
        _serial_card(outcome, body, one)
        return
    elif kind == 0x1E:
        report.celsius(body.int_(4) / 10)
        report.humidity_pm = body.int_(4)
    else:
        outcome.facts["information"] = f"{kind:02x} {body.rest().decode('latin-1')}".strip()
        return
    outcome.reports.append(report)


def _fuel(report: Report, raw: bytes) -> None:
    """`!AIOIL,02,002.720,029.500,524J,0100,003.40,...`: degrees third, level sixth."""
    parts = raw[raw.find(b"!") :].decode("ascii", "replace").split(",")
    if len(parts) < 7 or parts[0] != "!AIOIL":
        report.attributes["serial_data"] = raw.hex()
        return
    report.celsius(float(parts[3]))
    report.attributes["fuel_level"] = float(parts[6])


def _serial_card(outcome: Outcome, body: Cursor, one: Message) -> None:
    """A card reader behind the serial line."""
    raw = body.peek(body.left)
    at_us = int(one.received.timestamp() * 1e6)
    if raw[:1].isalpha():
        text = raw.decode("ascii", "replace").strip()
        outcome.facts["serial_data"] = text
        if text.upper().startswith("RFID:"):
            outcome.rfid.append(RfidRead("serial", text[5:].strip(), at_us))
    elif len(raw) >= 6:
        card = raw[2:6].hex()
        outcome.facts["driver"] = card
        outcome.rfid.append(RfidRead("serial", card, at_us))


def read_serial(one: Message, body: Cursor, outcome: Outcome) -> None:
    """0x9B: bytes of a device behind the serial line."""
    body.skip(1)
    raw = body.rest()
    text = raw.decode("ascii", "replace").strip()
    outcome.facts["serial_data"] = text if text.isprintable() and raw[:1] >= b" " else raw.hex()
    if text.upper().startswith("RFID:"):
        at_us = int(one.received.timestamp() * 1e6)
        outcome.rfid.append(RfidRead("serial", text[5:].strip(), at_us))
