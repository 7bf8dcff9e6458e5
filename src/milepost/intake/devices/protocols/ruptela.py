"""Ruptela: records in packets of length, IMEI, command, payload and checksum.

Source: Ruptela "FM device protocol". Times are seconds since 1970.
"""

from __future__ import annotations

from milepost.intake.devices.protocol import FrameError, Identity, Outcome, Protocol, Session
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.checksums import crc16_kermit
from milepost.intake.devices.wire.clocks import unix
from milepost.intake.devices.wire.cursor import Cursor

_RECORDS, _EXTENDED = 1, 68
_LONGEST = 16_384
_ANSWERS = {1: 100, 68: 100, 15: 115, 16: 116, 17: 117, 18: 118}
# Number of an element: (attribute, factor). The numbers of the standard form.
_ELEMENTS: dict[int, tuple[str, float]] = {
    2: ("input_1", 1), 3: ("input_2", 1), 4: ("input_3", 1), 5: ("ignition", 1),
    22: ("analog_1_mv", 1), 23: ("analog_2_mv", 1), 27: ("rssi", 1), 29: ("power_mv", 1),
    30: ("battery_mv", 1), 65: ("odometer_m", 1), 134: ("jamming", 1), 150: ("operator", 1),
    173: ("moving", 1), 251: ("inputs", 1),
}  # fmt: skip
_PROBES = {78: 1, 79: 2, 80: 3}


def cut(buffer: bytes, at: int) -> tuple[int, int] | None:
    """Two bytes of length, that many bytes, two of checksum."""
    while len(buffer) - at >= 2:
        length = int.from_bytes(buffer[at : at + 2], "big")
        if 9 <= length <= _LONGEST:
            end = at + length + 4
            return (at, end) if end <= len(buffer) else None
        at += 1
    return None


def decode(frame: bytes, session: Session) -> Outcome:
    """One packet; raises FrameError where it is none."""
    cursor = Cursor(frame, 2, max(2, len(frame) - 2))
    length, fault = int.from_bytes(frame[:2], "big"), None
    if length + 4 != len(frame):
        fault = f"truncated: {length} bytes announced, {len(frame) - 4} are there"
    elif crc16_kermit(frame[2:-2]) != int.from_bytes(frame[-2:], "big"):
        fault = "broken checksum"
    if fault and session.strict:
        raise FrameError(fault)
    imei, command = f"{cursor.uint(8):015d}", cursor.u8()
    outcome = Outcome(kind=f"command {command}", identity=Identity(imei), fault=fault)
    if command in {_RECORDS, _EXTENDED}:
        outcome.reports, problem = _records(cursor, extended=command == _EXTENDED)
        outcome.fault = outcome.fault or problem
    if command in _ANSWERS:
        outcome.replies.append(_answer(_ANSWERS[command], 0 if outcome.fault else 1))
        outcome.refusal = _answer(_ANSWERS[command], 0)
    return outcome


def _answer(command: int, result: int) -> bytes:
    body = bytes((command, result))
    return b"\x00\x02" + body + crc16_kermit(body).to_bytes(2, "big")


def _records(cursor: Cursor, *, extended: bool) -> tuple[list[Report], str | None]:
    found: list[Report] = []
    cursor.skip(1)  # whether more are waiting in the terminal
    count = cursor.u8()
    for _ in range(count):
        try:
            report, continued = _record(cursor, extended=extended)
        except FrameError as fault:
            return found, f"record {len(found) + 1} of {count}: {fault}"
        if continued and found and found[-1].at == report.at:
            found[-1].attributes |= report.attributes
        else:
            found.append(report)
    return found, None


def _record(cursor: Cursor, *, extended: bool) -> tuple[Report, bool]:
    """A record, and whether it only goes on with the elements of the one before."""
    report = Report(at=unix(cursor.u32()))
    cursor.skip(1)
    part = cursor.u8() & 0x0F if extended else 0
    report.attributes["priority"] = cursor.u8()
    lon, lat = cursor.int_(4), cursor.int_(4)
    if lon > -0x80000000 and lat > -0x80000000:
        report.lon, report.lat = lon / 1e7, lat / 1e7
    report.altitude_m = cursor.i16() // 10
    report.course(cursor.u16() / 100)
    satellites = cursor.u8()
    report.attributes["satellites"] = satellites
    report.valid = satellites >= 3
    report.kmh(cursor.u16())
    report.attributes["hdop"] = cursor.u8() / 10
    report.attributes["event"] = cursor.uint(2 if extended else 1)
    for size in (1, 2, 4, 8):
        for _ in range(cursor.u8()):
            _element(report, cursor.uint(2 if extended else 1), cursor.int_(size))
    return report, part > 0


def _element(report: Report, number: int, value: int) -> None:
    if number in _PROBES:
        if -550 <= value <= 1250:
            report.celsius(value / 10, _PROBES[number])
        return
    name, factor = _ELEMENTS.get(number, (f"io_{number}", 1))
    if name == "battery_mv":
        report.battery_mv = value
    elif name in {"ignition", "moving", "jamming"}:
        report.attributes[name] = value > 0
    else:
        report.attributes[name] = round(value * factor)


PROTOCOL = Protocol(
    name="ruptela", title="Ruptela", cut=cut, decode=decode, datagrams=True, max_frame_bytes=16_384
)
