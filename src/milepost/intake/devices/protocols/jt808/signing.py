"""Who a terminal is: registration, authentication, heartbeat, attributes."""

from __future__ import annotations

from milepost.engine.devices import Value
from milepost.intake.devices.protocol import FrameError, Identity, Outcome, Session
from milepost.intake.devices.protocols.jt808 import header as heads
from milepost.intake.devices.protocols.jt808.header import Header, registered
from milepost.intake.devices.wire.cursor import Cursor


def register(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    """0x0100: province, city, maker, model, terminal, colour of the plate, plate or VIN."""
    identity = header.identity
    outcome.identity = Identity(identity.name, "register", None, identity.alternatives)
    outcome.replies.append(registered(header, heads.DONE, identity.name))
    outcome.guarded = registered(header, heads.ALREADY_REGISTERED)
    outcome.refusal = registered(header, heads.NO_SUCH_TERMINAL)
    maker, model, terminal = (11, 30, 30) if header.version is not None else (5, 20, 7)
    if header.version is None and body.left < 4 + 5 + 20 + 7 + 1:
        model = 8  # 2011
    try:
        facts: dict[str, Value] = {
            "province": body.u16(), "city": body.u16(), "maker": body.text(maker, "gbk"),
            "model": body.text(model, "gbk"), "terminal": body.text(terminal, "gbk"),
            "plate_colour": body.u8(), "plate": body.text(body.left, "gbk"),
        }  # fmt: skip
    except FrameError:
        return  # look-alikes shorten it; who it is stands in the header
    outcome.facts = facts


def authenticate(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    """0x0102. From 2019 on the code has a length, and IMEI and software version follow."""
    if header.version is not None:
        code = body.text(body.u8(), "gbk")
        if body.left >= 15:
            outcome.facts["imei"] = body.text(15)
    else:
        code = body.text(body.left, "gbk")
    identity = header.identity
    outcome.identity = Identity(identity.name, "login", code, identity.alternatives)


def heartbeat(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    if body.left >= 3:
        outcome.facts = {"battery_percent": body.u8(), "rssi": body.u8(), "status": body.u8()}


def attributes(header: Header, body: Cursor, outcome: Outcome, session: Session) -> None:
    """0x0107: what the terminal is."""
    wide = header.version is not None
    body.skip(2)
    outcome.facts = {
        "maker": body.text(5), "model": body.text(30 if wide else 20, "gbk"),
        "terminal": body.text(30 if wide else 7), "iccid": body.hex(10),
    }  # fmt: skip
