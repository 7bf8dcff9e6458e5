"""Xexun and look-alikes (TK102, TK103 older firmware): an RMC sentence with `imei:` after it.

Source: Xexun "TK102 protocol". Times are UTC.
"""

from __future__ import annotations

import re

from milepost.intake.devices.protocol import FrameError, Identity, Outcome, Protocol, Session
from milepost.intake.devices.wire.framing import ending
from milepost.intake.devices.wire.nmea import read_rmc
from milepost.intake.devices.wire.text import sentence

_IMEI = re.compile(r"imei:(\d+),?\s*(?P<rest>.*)", re.DOTALL)
_FULL = re.compile(
    r"(?P<satellites>\d+),\s*(?P<altitude>-?\d+\.?\d*),\s*(?P<power>[FL]):(?P<volts>\d+\.\d+)V?"
)
_ALARMS = {
    "help me": "sos", "low battery": "low_battery", "move": "movement", "moved": "movement",
    "speed": "overspeed", "stockade": "geofence", "ac alarm": "power_cut", "help": "sos",
}  # fmt: skip
_MESSAGE = re.compile(r",[FL],\s*([^,]*),\s*imei:")


def decode(frame: bytes, session: Session) -> Outcome:
    """One frame; raises FrameError where it is none."""
    text = sentence(frame)
    imei = _IMEI.search(text)
    found = read_rmc(text)
    if imei is None or found is None:
        raise FrameError("no frame: an RMC sentence and an IMEI expected")
    report, _ = found
    message = _MESSAGE.search(text)
    if message and (event := message[1].strip().strip("!").lower()):
        report.attributes["event"] = event
        report.alarm(_ALARMS.get(event))
    if (full := _FULL.search(imei["rest"])) is not None:
        report.attributes["satellites"] = int(full["satellites"])
        report.altitude_m = round(float(full["altitude"]))
        report.battery_mv = round(float(full["volts"]) * 1000)
        report.alarm("low_battery" if full["power"] == "L" else None)
    return Outcome(kind="RMC", identity=Identity(imei[1]), reports=[report])


PROTOCOL = Protocol(
    name="xexun", title="Xexun", cut=ending(b"\r\n", b"\n", b"\r"), decode=decode, encoding="text",
    datagrams=True,
)  # fmt: skip
