"""Each protocol reads its own frames exactly, whole or in pieces, and nothing makes it raise."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from device_frames import AT, LAT, LON, POSITIONS, Expected
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.intake.devices.decoding import decode, decode_all
from milepost.intake.devices.discovery import (
    UnknownProtocolError,
    protocol,
    protocols,
)
from milepost.intake.devices.protocol import Protocol, Session
from milepost.intake.devices.report import Report
from milepost.intake.devices.wire.framing import frames

NOW = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)


def session() -> Session:
    return Session(received=NOW)


def read(spoken: Protocol, stream: list[bytes]) -> list[Report]:
    """What a connection over which these pieces come reports."""
    buffer, one, found = b"", session(), []
    for piece in stream:
        buffer += piece
        cut, taken = frames(spoken.cut, buffer)
        buffer = buffer[taken:]
        for frame in cut:
            found += decode(spoken, frame, one).reports
    return found


def name_of(case: Expected) -> str:
    return f"{case.protocol}-{POSITIONS.index(case)}"


def test_every_protocol_has_a_frame_here() -> None:
    assert set(protocols()) == {case.protocol for case in POSITIONS}


def test_an_unknown_protocol_is_answered_with_those_that_are_known() -> None:
    with pytest.raises(UnknownProtocolError, match=r"'morse'; known are: .*jt808"):
        protocol("morse")


@pytest.mark.parametrize("case", POSITIONS, ids=name_of)
def test_position(case: Expected) -> None:
    outcomes = decode_all(protocol(case.protocol), case.frame, session())

    assert [one.fault for one in outcomes] == [None]
    (report,) = outcomes[0].reports
    assert report.at == AT
    assert (report.lat, report.lon) == (pytest.approx(LAT, abs=1e-6), pytest.approx(LON, abs=1e-6))
    assert report.valid
    assert report.course_deg == 90
    assert report.speed_mm_s == pytest.approx((case.speed_kmh or 0) / 0.0036, rel=0.01)
    identity = outcomes[0].identity
    assert (identity.name if identity else None) == case.identity


@pytest.mark.parametrize("case", [one for one in POSITIONS if not protocol(one.protocol).http],
                         ids=name_of)  # fmt: skip
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_any_split_of_the_stream_gives_the_same(case: Expected, data: st.DataObject) -> None:
    spoken = protocol(case.protocol)
    # Binary H02 has two lengths, told apart by what follows.
    times = 1 if case.frame.startswith(b"$4") or case.frame[:1] == b"$" else 3
    stream = case.frame * times
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]

    reports = read(spoken, pieces)

    assert [(one.at, one.located) for one in reports] == [(AT, True)] * times


@pytest.mark.parametrize("name", sorted(protocols()))
@settings(max_examples=40, deadline=None)
@given(garbage=st.binary(max_size=300))
def test_garbage_never_raises(name: str, garbage: bytes) -> None:
    spoken = protocol(name)
    decode_all(spoken, garbage, session())
    read(spoken, [garbage])


@pytest.mark.parametrize("case", POSITIONS, ids=name_of)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_a_spoilt_frame_never_raises(case: Expected, data: st.DataObject) -> None:
    """Bytes changed, and the end cut off: an outcome all the same, and possible places only."""
    spoilt = bytearray(case.frame)
    for at in data.draw(st.lists(st.integers(0, len(spoilt) - 1), max_size=4)):
        spoilt[at] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(0, len(spoilt)))
    for strict in (True, False):
        outcome = decode(protocol(case.protocol), bytes(spoilt[:end]),
                         Session(received=NOW, strict=strict))  # fmt: skip
        for report in outcome.reports:
            assert report.lat is None or -90 <= report.lat <= 90
            report.sample("truck:1")


@pytest.mark.parametrize("case", [one for one in POSITIONS if not protocol(one.protocol).http],
                         ids=name_of)  # fmt: skip
def test_junk_before_a_frame_is_passed_over(case: Expected) -> None:
    if case.protocol in {"ruptela", "teltonika", "suntech", "totem", "tk103"}:
        junk = b""  # their frames have no mark at which one could begin anew, or need a line end
    else:
        junk = b"\r\n"
    assert len(read(protocol(case.protocol), [junk, case.frame])) == 1


def test_a_place_beyond_the_earth_is_an_error() -> None:
    outcome = decode(protocol("osmand"), b"id=1&lat=95&lon=10&timestamp=1772600767", session())

    assert outcome.reports == []
    assert outcome.fault == "position out of range: 95.000000, 10.000000"


def test_a_frame_beyond_the_limit_is_an_error() -> None:
    outcome = decode(protocol("h02"), b"*" + b"1" * 5000 + b"#", session())

    assert outcome.fault == "frame of 5002 bytes, 4096 at most"


def test_zeros_without_a_fix_are_no_place() -> None:
    report = Report(at=AT, lat=0.0, lon=0.0, valid=False, battery_mv=3900)

    sample = report.sample("truck:1")

    assert sample is not None
    assert (sample.lat_e7, sample.battery_mv) == (None, 3900)
    assert Report(at=AT, lat=0.0, lon=0.0, valid=False).sample("truck:1") is None


def told(name: str, frame: str) -> list[Report]:
    return decode(protocol(name), frame.encode(), session()).reports


def test_a_clock_with_a_fraction_is_the_clock() -> None:
    (report,) = told("h02", "*HQ,4100001234,V1,050607.250,A,3115.0000,N,12130.0000,E,,,040326,FF#")

    assert report.at == AT
    assert (report.speed_mm_s, report.course_deg) == (None, None)


def test_a_day_without_an_hour_is_not_its_midnight() -> None:
    (report,) = told("h02", "*HQ,4100001234,V1,,A,3115.0000,N,12130.0000,E,1,2,040326,FF#")

    assert report.at == NOW
    assert report.attributes["time_is_received"] is True


def test_what_a_broken_clock_says_beside_its_time_is_kept() -> None:
    cells = "*HQ,4100001234,NBR,050669,460,0,1,1,9338,3692,150,040326,FFFFFBFF#"
    nowhere = "(019900001234BR00000007V0000.0000N00000.0000E000.00014039900000000L00000000)"
    (heard,) = told("h02", cells)
    (waiting,) = told("tk103", nowhere)

    assert (heard.at, heard.attributes["cells_only"]) == (None, True)
    assert (waiting.at, waiting.located) == (None, False)


def test_a_name_may_have_letters() -> None:
    frame = b"(LASTWAGEN0012BR00260304A3115.0000N12130.0000E000.005060790.0001000000L00000000)"
    outcome = decode(protocol("tk103"), frame.replace(b"0012BR", b"012BR"), session())

    assert outcome.identity is not None
    assert outcome.identity.name == "LASTWAGEN012"
    assert outcome.reports[0].at == AT
