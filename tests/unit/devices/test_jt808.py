"""JT/T 808 in its details: escapes, sub-packages, items, look-alikes."""

from __future__ import annotations

from datetime import UTC, datetime
from struct import pack

import pytest
from device_frames import jt808, jt808_2019, jt808_location
from hypothesis import given
from hypothesis import strategies as st

from milepost.intake.devices.decoding import decode as decode_frame
from milepost.intake.devices.discovery import protocol
from milepost.intake.devices.protocol import Outcome, Session
from milepost.intake.devices.protocols.jt808.framing import (
    ALTERNATIVE,
    STANDARD,
    cut,
    escape,
    unescape,
)
from milepost.intake.devices.wire.framing import frames

JT808 = protocol("jt808")


def decode(frame: bytes, session: Session | None = None) -> Outcome:
    return decode_frame(JT808, frame, session or Session(received=datetime(2026, 3, 4, tzinfo=UTC)))


@pytest.mark.parametrize("mark", [STANDARD, ALTERNATIVE])
@given(content=st.binary(min_size=12, max_size=200))
def test_escapes_there_and_back(mark: int, content: bytes) -> None:
    frame = escape(content, mark)

    assert frame.count(bytes((mark,))) == 2
    assert unescape(frame) == (mark, content, True)


def test_the_end_of_a_frame_whose_begin_was_lost() -> None:
    one = jt808(0x0002, b"")

    found, taken = frames(cut, one[5:] + one + one + b"\x7e\x02")

    assert found == [one, one]
    assert taken == 3 * len(one) - 5


def answered(frame: bytes) -> tuple[int, int, int, int]:
    """(message, the serial and message that it answers, result) of a general answer."""
    _, content, _ = unescape(frame)
    return (int.from_bytes(content[:2], "big"), int.from_bytes(content[12:14], "big"),
            int.from_bytes(content[14:16], "big"), content[16])  # fmt: skip


def test_items() -> None:
    items = bytes.fromhex(
        "0104000003e802020190030201f4040200072504000000ff2b0400640032"
        "30011f31010c5106006480320000e3060000640190ff02abcd"
    ).replace(b"\xe3\x06\x00\x00\x64\x01\x90", b"\xe3\x04\x00\x64\x01\x90")  # fmt: skip
    (report,) = decode(jt808(0x0200, jt808_location(items=items))).reports
    told = report.attributes

    assert (told["odometer_m"], told["fuel_ml"], told["recorder_speed_mm_s"]) == (
        100_000, 40_000, 13_889,
    )  # fmt: skip
    assert (told["event"], told["vehicle_signals"]) == (7, 255)
    assert (told["analog_1_mv"], told["analog_2_mv"]) == (1000, 500)
    assert (told["rssi"], told["satellites"]) == (31, 12)
    assert (report.temperature_mc, told["temperature_2_mc"]) == (10_000, -5_000)
    assert (report.battery_mv, told["battery_percent"]) == (4000, 100)


def test_hemispheres_alarms_and_a_missing_fix() -> None:
    body = bytearray(jt808_location(status=0b1100))
    body[3] = 0b10_0001  # emergency, antenna cut

    (report,) = decode(jt808(0x0200, bytes(body))).reports

    assert (report.lat, report.lon, report.valid) == (-31.25, -121.5, False)
    assert report.attributes["alarm"] == "sos,gnss_antenna_cut"
    assert report.alarms == ("sos", "gnss_antenna_cut")


def test_a_bit_that_the_standard_reserves_is_told_by_its_number() -> None:
    body = bytearray(jt808_location())
    body[:4] = (1 << 29 | 1 << 17 | 1 << 16).to_bytes(4, "big")

    (old,) = decode(jt808(0x0200, bytes(body))).reports
    (new,) = decode(jt808_2019(0x0200, bytes(body))).reports

    assert old.alarms == ("16", "17", "collision")
    assert new.alarms == ("tyre_pressure", "blind_spot", "collision")


def test_an_item_that_lies_about_its_length_costs_only_itself() -> None:
    (report,) = decode(jt808(0x0200, jt808_location(items=b"\x30\x01\x1f\x01\x04\x00"))).reports

    assert report.attributes["rssi"] == 31
    assert "odometer_m" not in report.attributes


def test_sub_packages_in_any_order() -> None:
    body = pack(">HB", 2, 0) + 2 * (pack(">H", 28) + jt808_location())
    halves = body[:40], body[40:]
    session = Session(received=datetime(2026, 3, 4, tzinfo=UTC))
    outcomes = []
    for part in (2, 1):
        head = pack(">HH", 0x0704, 0x2000 | len(halves[part - 1])) + bytes.fromhex("019900001234")
        frame = escape(head + pack(">HHH", 100 + part, 2, part) + halves[part - 1])
        outcomes.append(decode(frame, session))

    assert [len(one.reports) for one in outcomes] == [0, 2]
    assert [len(one.replies) for one in outcomes] == [0, 1]
    assert answered(outcomes[1].replies[0]) == (0x8001, 101, 0x0704, 0)
    assert outcomes[0].kind == "0x0704 part 2 of 2"


def test_sub_packages_that_never_end_do_not_fill_the_memory() -> None:
    session = Session(received=datetime(2026, 3, 4, tzinfo=UTC))
    for serial in range(0, 1000, 10):
        head = pack(">HH", 0x0801, 0x2004) + bytes.fromhex("019900001234")
        decode(escape(head + pack(">HHH", serial, 9, 1) + b"abcd"), session)

    assert len(session.notes["parts"]) <= 4


def test_2019_has_a_version_and_a_longer_number() -> None:
    outcome = decode(jt808_2019(0x0102, b"\x04code" + b"863000000001234" + bytes(20)))

    assert outcome.identity is not None
    assert (outcome.identity.name, outcome.identity.secret) == ("19900001234", "code")
    _, content, sound = unescape(outcome.replies[0])
    assert sound
    assert content[:5] == b"\x80\x01\x40\x05\x01"
    assert content[5:15].hex() == "00000000019900001234"


def test_the_frame_between_other_marks_has_a_number_of_seven_bytes() -> None:
    body = jt808_location()
    content = pack(">HH", 0x0200, len(body)) + bytes.fromhex("00019900001234") + b"\0\7" + body

    outcome = decode(escape(content, ALTERNATIVE))

    assert (outcome.reports[0].lat, outcome.fault) == (31.25, None)
    assert outcome.replies[0][0] == ALTERNATIVE


def test_a_padlock_without_a_fix() -> None:
    body = bytes.fromhex("04032605060731150000121300000e002d1f09")
    body += pack(">IBIHBHH", 10, 88, 1, 2, 3, 0, 8)
    head = pack(">HH", 0x5502, 0x8000) + bytes.fromhex("856000001234") + b"\x05"

    outcome = decode(escape(head + body))

    (report,) = outcome.reports
    assert (report.lat, report.lon, report.valid) == (31.25, 121.5, False)
    assert report.at == datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    assert report.attributes["battery_percent"] == 88
    assert report.attributes["alarm"] == "low_battery"
    assert len(outcome.replies) == 1


def test_a_truncated_body_is_an_error_and_the_connection_goes_on() -> None:
    short = pack(">HH", 0x0200, 28) + bytes.fromhex("019900001234") + b"\0\7" + bytes(10)

    outcome = decode(escape(short))

    assert outcome.fault == "truncated: a body of 28 bytes, 10 are there"
    assert outcome.reports == []


def content_of(reply: bytes) -> tuple[int, int, bytes]:
    """(message, serial, body) of what a terminal of 2011 is answered."""
    _, content, sound = unescape(reply)
    assert sound
    return int.from_bytes(content[:2], "big"), int.from_bytes(content[10:12], "big"), content[12:]


def batch(*positions: bytes) -> bytes:
    listed = b"".join(pack(">H", len(one)) + one for one in positions)
    return jt808(0x0704, pack(">HB", len(positions), 1) + listed)


def test_a_bad_position_of_a_batch_costs_only_itself() -> None:
    good = jt808_location()
    outcome = decode(batch(good, jt808_location(clock="261399250000"), good, good[:20], good))

    assert [one.lat for one in outcome.reports] == [31.25] * 3
    assert outcome.fault
    assert "no time" in outcome.fault
    assert "truncated" in outcome.fault
    assert [content_of(one) for one in outcome.replies] == [(0x8001, 0, b"\0\7\7\4\0")]


@pytest.mark.parametrize(
    "body",
    [jt808_location(clock="261399250000"), pack(">IIII", 0, 3, 99_000_000, 0) + bytes(12)[:6]
     + bytes.fromhex("260304130607"), b"short"],
)  # fmt: skip
def test_what_cannot_be_is_answered_as_wrong_and_not_sent_for_ever(body: bytes) -> None:
    outcome = decode(jt808(0x0200, body))

    assert (outcome.reports, bool(outcome.fault)) == ([], True)
    assert [content_of(one) for one in outcome.replies] == [(0x8001, 0, b"\0\7\2\0\2")]


def test_our_messages_are_numbered_as_they_are_sent() -> None:
    session = Session(received=datetime(2026, 3, 4, tzinfo=UTC))
    kinds = 0x0100, 0x0102, 0x0001, 0x0002, 0x0200
    bodies = bytes(40), b"19900001234", b"\0\1\x81\3\0", b"", jt808_location()
    replies = [
        reply
        for kind, body in zip(kinds, bodies, strict=True)
        for reply in decode(jt808(kind, body), session).replies
    ]

    assert [content_of(one)[:2] for one in replies] == [
        (0x8100, 0), (0x8001, 1), (0x8001, 2), (0x8001, 3),
    ]  # fmt: skip


def test_it_is_told_what_time_it_is_and_that_a_picture_came() -> None:
    session = Session(received=datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC))
    picture = pack(">IBBBB", 77, 0, 0, 1, 1) + jt808_location() + b"\xff\xd8"

    assert content_of(decode(jt808(0x0004, b""), session).replies[0]) == (
        0x8004, 0, bytes.fromhex("260304050607"),
    )  # fmt: skip
    assert content_of(decode(jt808(0x0801, picture), session).replies[0]) == (
        0x8800, 1, pack(">I", 77),
    )  # fmt: skip


@pytest.mark.parametrize("known", ["19900001234", "019900001234", "00000000019900001234"])
def test_a_number_is_known_in_each_of_its_spellings(known: str) -> None:
    for frame in (jt808(0x0002, b""), jt808_2019(0x0002, b"")):
        identity = decode(frame).identity

        assert identity is not None
        assert known in {identity.name, *identity.alternatives}


def test_a_driver_as_2011_tells_of_them_is_answered_and_not_kept() -> None:
    """No status and no time then: the length of the name comes first."""
    name = "示例司机".encode("gbk")
    body = bytes((len(name),)) + name + b"0" * 20 + b"1" * 40 + bytes((4,)) + b"made"
    outcome = decode(jt808(0x0702, body))

    assert (outcome.fault, outcome.reports) == (None, [])
    assert len(outcome.replies) == 1


@pytest.mark.parametrize(
    ("item", "temperature_mc"),
    [("06020012", 18_000), ("06028012", -18_000), ("0602ffee", -18_000), ("0602ffff", None),
     ("510280b4", -18_000), ("5102ff4c", -18_000)],
)  # fmt: skip
def test_a_temperature_below_zero_in_either_form(item: str, temperature_mc: int | None) -> None:
    """Sign and magnitude, as the standard says, or the two's complement of many terminals."""
    (report,) = decode(jt808(0x0200, jt808_location(items=bytes.fromhex(item)))).reports

    assert report.temperature_mc == temperature_mc
