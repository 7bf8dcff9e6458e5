"""Invented frames of each protocol, and what they mean. No device has these names or places."""

# ruff: noqa: E501 - frames are as long as they are
from __future__ import annotations

from datetime import UTC, datetime
from struct import pack
from typing import NamedTuple

from milepost.intake.devices.protocols.gt06.framing import wrap
from milepost.intake.devices.protocols.jt808.framing import escape
from milepost.intake.devices.wire.checksums import (
    crc16_ccitt_false,
    crc16_ibm,
    crc16_kermit,
    sum8,
)

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
LAT, LON = 31.25, 121.5


class Expected(NamedTuple):
    """A frame and the position in it: always the same instant and place."""

    protocol: str
    frame: bytes
    identity: str | None
    speed_kmh: float | None = None


def jt808(kind: int, body: bytes, *, phone: str = "019900001234", serial: int = 7) -> bytes:
    return escape(pack(">HH", kind, len(body)) + bytes.fromhex(phone) + pack(">H", serial) + body)


def jt808_2019(kind: int, body: bytes, phone: str = "00000000019900001234") -> bytes:
    head = pack(">HHB", kind, 0x4000 | len(body), 1)
    return escape(head + bytes.fromhex(phone) + pack(">H", 9) + body)


def jt808_location(*, items: bytes = b"", status: int = 3, clock: str = "260304130607") -> bytes:
    """A position body: the clock is eight hours ahead of UTC."""
    motion = pack(">HHH", 12, 360, 90) + bytes.fromhex(clock)
    return pack(">IIII", 0, status, 31_250_000, 121_500_000) + motion + items


def gt06_fix(clock: tuple[int, ...] = (26, 3, 4, 5, 6, 7)) -> bytes:
    flags = 0x1400 | 90  # a fix, north; the bit for west is clear
    units = pack(">II", round(LAT * 1_800_000), round(LON * 1_800_000))
    return bytes(clock) + b"\xc9" + units + b"\x24" + pack(">H", flags)


def gt06(kind: int, content: bytes) -> bytes:
    return wrap(kind, 5, content)


def teltonika_data(codec: int = 8) -> bytes:
    time_ms = int(AT.timestamp() * 1000)
    fix = pack(">QBiihHBH", time_ms, 1, round(LON * 1e7), round(LAT * 1e7), 12, 90, 9, 36)
    if codec == 8:
        elements = bytes((239, 2, 1, 239, 1, 1, 66)) + pack(">H", 12_400) + bytes((0, 0))
    else:
        elements = pack(">HHHHBHHHHHHH", 239, 2, 1, 239, 1, 1, 66, 12_400, 0, 0, 1, 500)
        elements += pack(">H", 3) + b"abc"
    return bytes((0x8E if codec != 8 else 8, 1)) + fix + elements + b"\x01"


def teltonika(codec: int = 8) -> bytes:
    data = teltonika_data(codec)
    return bytes(4) + pack(">I", len(data)) + data + pack(">I", crc16_ibm(data))


def h02_binary() -> bytes:
    digits = "2441000012340506070403263115000000121300000e019090fffffbff"
    return bytes.fromhex(digits) + bytes(32 - len(digits) // 2)


def meitrack() -> bytes:
    body = (
        ",863000000001234,AAA,35,31.250000,121.500000,260304050607,A,9,20,36,90,0.9,12,1000,60,"
        "460|0|10A1|2B2C,0100,0000|0000|0000|019A|04D8,,,3,0000,,0,0*"
    )
    head = f"$$A{len(body) + 4}"
    return f"{head}{body}{sum8((head + body).encode()):02X}\r\n".encode()


def meitrack_cce() -> bytes:
    seconds = int(AT.timestamp()) - 946_684_800
    record = b"\x01\x00"
    record += b"\x02" + b"\x05\x01" + b"\x06\x09"
    record += b"\x02" + b"\x08" + pack("<H", 36) + b"\x09" + pack("<H", 90)
    places = pack("<i", 31_250_000), pack("<i", 121_500_000), pack("<I", seconds)
    record += b"\x03" + b"\x02" + places[0] + b"\x03" + places[1] + b"\x04" + places[2]
    record += b"\x01" + b"\x2a\x03\x00" + pack("<h", -1250)
    body = b",863000000001234,CCE," + pack("<IH", 0, 1) + pack("<H", len(record)) + record + b"*"
    head = b"$$B%d" % (len(body) + 4)
    return head + body + b"%02X\r\n" % sum8(head + body)


def ruptela() -> bytes:
    record = pack(">IBBiihHBHBB", int(AT.timestamp()), 0, 0, round(LON * 1e7), round(LAT * 1e7),
                  120, 9000, 9, 36, 8, 7)  # fmt: skip
    record += bytes((1, 5, 1)) + bytes((1, 29)) + pack(">h", 12_400) + bytes((0, 0))
    inner = pack(">QBBB", 863000000001234, 1, 0, 1) + record
    return pack(">H", len(inner)) + inner + pack(">H", crc16_kermit(inner))


def meiligao() -> bytes:
    text = b"050607.000,A,3115.0000,N,12130.0000,E,19.44,90,040326,,*00|0.9|12|0000"
    head = b"$$" + pack(">H", 17 + len(text)) + bytes.fromhex("8630000000123f") + b"\x99\x55" + text
    return head + pack(">H", crc16_ccitt_false(head)) + b"\r\n"


def eelink() -> bytes:
    place = pack(">iihHHB", round(LAT * 1_800_000), round(LON * 1_800_000), 12, 36, 90, 9)
    body = pack(">HIB", 1, int(AT.timestamp()), 1) + place + pack(">HH", 7, 3900)
    return b"gg\x12" + pack(">H", len(body)) + body


RMC = "GPRMC,050607.000,A,3115.0000,N,12130.0000,E,19.44,90.00,040326,,,A*5C"
POSITIONS = [
    Expected("jt808", jt808(0x0200, jt808_location()), "19900001234", 36),
    Expected("jt808", jt808_2019(0x0200, jt808_location()), "19900001234", 36),
    Expected("gt06", gt06(0x12, gt06_fix() + bytes.fromhex("01cc0028001234ab")), None, 36),
    Expected("gt06", gt06(0x22, gt06_fix() + bytes.fromhex("01cc0028001234ab010000")), None, 36),
    Expected("gt06", gt06(0x16, gt06_fix() + bytes.fromhex("0901cc0028001234ab4406040002")),
             None, 36),
    Expected("gt06", gt06(0xA0, gt06_fix() + bytes.fromhex("01cc00") + bytes(12) + b"\1\0\0"),
             None, 36),
    Expected("h02", b"*HQ,4100001234,V1,050607,A,3115.0000,N,12130.0000,E,19.44,090,040326,"
             b"FFFFFBFF#", "4100001234", 36),
    Expected("h02", h02_binary(), "4100001234", 35.2),
    Expected("teltonika", teltonika(), None, 36),
    Expected("teltonika", teltonika(0x8E), None, 36),
    Expected("gps103", b"imei:863000000001234,tracker,2603041306,,F,050607.000,A,3115.0000,N,"
             b"12130.0000,E,19.44,90;", "863000000001234", 36),
    Expected("tk103", b"(863000001234BR00260304A3115.0000N12130.0000E036.0050607090.0000000000"
             b"L00000100)", "863000001234", 36),
    Expected("tk103", b"(863000000001234,BP05,040326,A,3115.0000N,12130.0000E,36.0,050607,90.0)",
             "863000000001234", 36),
    Expected("suntech", b"ST300STT;100001234;01;010;20260304;05:06:07;2F100;+31.250000;"
             b"+121.500000;036.000;090.00;9;1;1000;12.40;100000;2;0072;0;4.5;1\r",
             "100001234", 36),
    Expected("suntech", b"STT;1000012345;3FFFFF;26;010;1;20260304;05:06:07;0000004F;450;0;0014;20;"
             b"+31.250000;+121.500000;36.00;90.00;9;1;00000001;00000000;1;2;0492\r",
             "1000012345", 36),
    Expected("watch", b"[3G*8800001234*0064*UD,040326,050607,A,31.250000,N,121.5000000,E,36.00,90.0,"
             b"12.0,9,100,80,0,0,00000000,0,1,460,0,,00]", "8800001234", 36),
    Expected("meitrack", meitrack(), "863000000001234", 36),
    Expected("meitrack", meitrack_cce(), "863000000001234", 36),
    Expected("osmand", b"id=truck-1&lat=31.25&lon=121.5&timestamp=1772600767&speed=19.44&bearing=90",
             "truck-1", 36),
    Expected("osmand", b'{"device_id":"truck-1","location":{"timestamp":"2026-03-04T05:06:07Z",'
             b'"coords":{"latitude":31.25,"longitude":121.5,"speed":10,"heading":90}}}',
             "truck-1", 36),
    Expected("owntracks", b'{"_type":"location","tid":"t1","topic":"owntracks/yard/truck-1",'
             b'"lat":31.25,"lon":121.5,"tst":1772600767,"vel":36,"cog":90}', "truck-1", 36),
    Expected("xexun", f"260304130607,+8613900000000,{RMC},F,, imei:863000000001234,09,12.1,F:4.10V\r\n"
             .encode(), "863000000001234", 36),
    Expected("t55", f"${RMC},863000000001234\r\n".encode(), "863000000001234", 36),
    Expected("gl200", b"+RESP:GTFRI,1A0102,863000000001234,,0,0,1,1,36.0,90,12.0,121.500000,31.250000,"
             b"20260304050607,0460,0000,18D8,6141,00,,20260304050608,11F4$",
             "863000000001234", 36),
    Expected("wialon", b"#D#040326;050607;3115.0000;N;12130.0000;E;36;90;12;9;0.9;0;0;;NA;temp:2:-3.5"
             b"\r\n", None, 36),
    Expected("ruptela", ruptela(), "863000000001234", 36),
    Expected("easytrack", b"*ET,863000000001234,DW,A,1A0304,050607,011E1A30,04585DA0,0E10,2328,40000000"
             b",20,4,0000,00F123#", "863000000001234", 36),
    Expected("totem", f"$$B3863000000001234|AA${RMC}|00.9|000000000000|20260304050608|13.0|0000|"
             f"0000|0000|0000\r\n".encode(), "863000000001234", 36),
    Expected("meiligao", meiligao(), "8630000000123", 36),
    Expected("eelink", eelink(), None, 36),
]  # fmt: skip
