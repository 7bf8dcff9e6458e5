"""The gateway over real sockets, with the stores in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from struct import pack

import pytest
from device_doubles import Client, Facts, Media, Parts, Telemetry, Terminals
from device_frames import gt06, gt06_fix, jt808, jt808_location, teltonika, teltonika_data

from milepost.domain.telemetry import RfidRead
from milepost.engine.devices import Terminal
from milepost.intake.devices.gateway import Gateway
from milepost.intake.devices.keeping import Keeping
from milepost.intake.devices.limits import Limits
from milepost.intake.devices.protocols.jt808.framing import unescape
from patience import PATIENCE_S

NOW = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)
PHONE, IMEI = "19900001234", "863000000001234"
TRUCK = Terminal(3, "jt808", PHONE, "truck:A1")
LOCATION = jt808(0x0200, jt808_location())
PORTS = {"jt808": 0, "gt06": 0, "teltonika": 0}


class House:
    """A running gateway and its doubles."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.terminals = Terminals(
            TRUCK,
            Terminal(3, "gt06", IMEI, "truck:A2"),
            Terminal(4, "teltonika", IMEI, "truck:B1"),
        )
        self.telemetry = Telemetry()
        self.reads: list[tuple[str, RfidRead]] = []
        self.facts, self.media, self.parts = Facts(), Media(), Parts()
        self.now_us = int(NOW.timestamp() * 1e6)
        self.gateway = Gateway(
            self.terminals,
            Keeping(self.telemetry, self.facts, self.media, self.parts, self._read),
            lambda: self.now_us,
            limits=limits or Limits(group_s=0.01),
        )

    async def _read(self, terminal: Terminal, reads: list[RfidRead]) -> None:
        self.reads += [(terminal.asset, one) for one in reads]

    async def start(self) -> None:
        self.ports = await self.gateway.start("127.0.0.1", PORTS)

    async def client(self, protocol: str = "jt808") -> Client:
        return await Client.open(self.ports[protocol])


@pytest.fixture
async def house() -> AsyncIterator[House]:
    one = House()
    await one.start()
    yield one
    await one.gateway.stop()


def answer(data: bytes) -> tuple[int, int, int, int]:
    """(message, its serial, the message that it answers, result) of a general answer."""
    _, content, sound = unescape(data)
    assert sound
    return (int.from_bytes(content[:2], "big"), int.from_bytes(content[12:14], "big"),
            int.from_bytes(content[14:16], "big"), content[16])  # fmt: skip


async def test_a_position_is_answered_with_its_serial_once_it_is_durable(house: House) -> None:
    client = await house.client()
    house.telemetry.gate.clear()
    client.send(LOCATION)

    assert await client.silent()
    house.telemetry.gate.set()
    assert answer(await client.read()) == (0x8001, 7, 0x0200, 0)
    (sample,) = house.telemetry.samples[3]
    assert (sample.asset, sample.lat_e7, sample.lon_e7) == ("truck:A1", 312500000, 1215000000)
    await client.close()


async def test_bytes_in_any_pieces(house: House) -> None:
    client = await house.client()
    for at in range(0, len(LOCATION), 5):
        client.send(LOCATION[at : at + 5])
        await asyncio.sleep(0)

    assert answer(await client.read())[3] == 0
    await client.close()


async def test_what_was_sent_twice_is_answered_twice_and_kept_once(house: House) -> None:
    client = await house.client()
    client.send(LOCATION)
    await client.read()
    client.send(LOCATION)

    assert answer(await client.read())[3] == 0
    assert len(house.telemetry.samples[3]) == 1
    assert house.gateway.counts.repeated == 1
    await client.close()


async def test_buffered_positions_come_in_one_message(house: House) -> None:
    one = jt808_location()
    older = jt808_location(clock="260304130000")
    body = pack(">HB", 2, 1) + b"".join(pack(">H", len(each)) + each for each in (older, one))
    client = await house.client()
    client.send(jt808(0x0704, body))

    assert answer(await client.read()) == (0x8001, 7, 0x0704, 0)
    assert len(house.telemetry.samples[3]) == 2
    await client.close()


async def test_registration_gives_the_code_and_the_code_authenticates(house: House) -> None:
    client = await house.client()
    body = pack(">HH", 31, 100) + b"MAKER" + b"M1".ljust(20, b"\0") + b"T000001" + b"\x02"
    client.send(jt808(0x0100, body + "沪A12345".encode("gbk")))
    _, content, _ = unescape(await client.read())

    assert content[:2] == b"\x81\x00"
    assert content[14] == 0
    client.send(jt808(0x0102, content[15:]))
    assert answer(await client.read()) == (0x8001, 7, 0x0102, 0)
    await client.close()


async def test_an_unknown_terminal_is_refused_and_listed(house: House) -> None:
    client = await house.client()
    client.send(jt808(0x0100, pack(">HH", 31, 100) + bytes(33), phone="019911110000"))
    _, content, _ = unescape(await client.read())

    assert content[14] == 4  # no such terminal
    client.send(jt808(0x0200, jt808_location(), phone="019911110000"))
    assert answer(await client.read())[3] == 1
    assert house.telemetry.samples == {}
    (stranger,) = house.gateway.strangers
    assert (stranger.protocol, stranger.identity, stranger.times) == ("jt808", "19911110000", 2)
    await client.close()


async def test_a_secret_has_to_be_proved_and_is_not_given_away(house: House) -> None:
    await house.terminals.save(TRUCK._replace(secret="s3cret"))
    client = await house.client()
    client.send(LOCATION)
    assert answer(await client.read())[3] == 1
    client.send(jt808(0x0100, pack(">HH", 31, 100) + bytes(33)))
    _, content, _ = unescape(await client.read())
    assert (content[14], content[15:]) == (3, b"")
    client.send(jt808(0x0102, b"wrong"))
    assert answer(await client.read())[3] == 1
    client.send(jt808(0x0102, b"s3cret"))
    assert answer(await client.read())[3] == 0
    client.send(LOCATION)

    assert answer(await client.read())[3] == 0
    assert len(house.telemetry.samples[3]) == 1
    await client.close()


async def test_gt06_speaks_for_the_one_who_logged_in(house: House) -> None:
    client = await house.client("gt06")
    client.send(gt06(0x01, bytes.fromhex("0" + IMEI)))
    login = await client.read()
    client.send(gt06(0x12, gt06_fix() + bytes.fromhex("01cc0028001234ab")))

    assert login == gt06(0x01, b"")
    assert await client.read() == gt06(0x12, b"")
    assert [one.asset for one in house.telemetry.samples[3]] == ["truck:A2"]
    await client.close()


async def test_login_and_position_in_one_piece(house: House) -> None:
    client = await house.client("gt06")
    client.send(
        gt06(0x01, bytes.fromhex("0" + IMEI))
        + gt06(0x12, gt06_fix() + bytes.fromhex("01cc0028001234ab"))
    )

    assert await client.read() == gt06(0x01, b"") + gt06(0x12, b"")
    await client.close()


async def test_teltonika_counts_what_it_took(house: House) -> None:
    client = await house.client("teltonika")
    client.send(b"\x00\x0f" + IMEI.encode())
    assert await client.read() == b"\x01"
    client.send(teltonika())
    assert await client.read() == b"\x00\x00\x00\x01"
    client.send(b"\x00\x0f863000000009999")
    assert await client.read() == b"\x00"
    await client.close()


async def test_teltonika_over_udp(house: House) -> None:
    loop = asyncio.get_running_loop()
    came: asyncio.Future[bytes] = loop.create_future()

    class Ears(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: object) -> None:
            came.set_result(data)

    transport, _ = await loop.create_datagram_endpoint(
        Ears, remote_addr=("127.0.0.1", house.ports["teltonika"])
    )
    inner = b"\xca\xfe\x01\x05\x00\x0f" + IMEI.encode() + teltonika_data()
    transport.sendto(pack(">H", len(inner)) + inner)

    assert await asyncio.wait_for(came, PATIENCE_S) == b"\x00\x05\xca\xfe\x01\x05\x01"
    assert [one.asset for one in house.telemetry.samples[4]] == ["truck:B1"]
    transport.close()


async def test_a_broken_frame_is_not_answered_and_the_next_one_is(house: House) -> None:
    broken = bytearray(LOCATION)
    broken[20] ^= 1
    client = await house.client()
    client.send(bytes(broken) + LOCATION)

    assert answer(await client.read())[3] == 0
    assert house.gateway.counts.faults == 1
    assert len(house.telemetry.samples[3]) == 1
    await client.close()


async def test_a_store_that_is_away_for_a_moment_loses_nothing(house: House) -> None:
    house.telemetry.failing = 2
    client = await house.client()
    client.send(LOCATION)

    assert answer(await client.read(5.0))[3] == 0
    await client.close()


async def test_what_cannot_be_stored_is_not_answered(house: House) -> None:
    house.telemetry.failing = 99
    client = await house.client()
    client.send(LOCATION)

    assert await client.read(5.0) == b""  # the connection is ended, so that it is sent again
    house.telemetry.failing = 0
    again = await house.client()
    again.send(LOCATION)
    assert answer(await again.read())[3] == 0
    await client.close()
    await again.close()


async def test_groups_hold_what_many_connections_sent(house: House) -> None:
    clients = [await house.client() for _ in range(20)]
    for client in clients:
        client.send(LOCATION)
    for client in clients:
        await client.read()

    assert house.telemetry.groups <= 3
    assert house.terminals.asked <= 3 * house.telemetry.groups  # a number in its three spellings
    for client in clients:
        await client.close()


async def test_a_clock_that_runs_days_ahead_is_answered_but_not_kept(house: House) -> None:
    client = await house.client()
    client.send(jt808(0x0200, jt808_location(clock="260308130607")))

    assert answer(await client.read())[3] == 0
    assert house.telemetry.samples == {}
    await client.close()


async def test_a_card_behind_the_serial_line_is_read(house: House) -> None:
    client = await house.client("gt06")
    client.send(gt06(0x01, bytes.fromhex("0" + IMEI)))
    await client.read()
    from milepost.intake.devices.protocols.gt06.framing import wrap

    client.send(wrap(0x9B, 6, b"\x03RFID:00AB12CD\r\n", long=True))
    await client.read()

    ((asset, read),) = house.reads
    assert (asset, read.tag) == ("truck:A2", "00AB12CD")
    await client.close()


async def test_limits() -> None:
    house = House(Limits(group_s=0.01, connections=1, idle_s=0.4))
    await house.start()
    try:
        first = await house.client()
        first.send(LOCATION)
        await first.read()
        second = await house.client()
        assert await second.read() == b""  # no room
        assert await first.read() == b""  # silent for too long
        third = await house.client()
        third.send(b"\x7e" + b"1" * 5000)
        assert await third.read() == b""  # no frame is that long
        for one in (first, second, third):
            await one.close()
    finally:
        await house.gateway.stop()


async def test_an_unknown_port_opens_nothing() -> None:
    from milepost.intake.devices.discovery import UnknownProtocolError

    house = House()
    with pytest.raises(UnknownProtocolError):
        await house.gateway.start("127.0.0.1", {"jt808": 0, "morse": 0})


def test_ports_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    from milepost.settings import from_environment

    monkeypatch.setenv("MILEPOST_DEVICE_PORTS", "jt808=7611, gt06=5023")

    assert from_environment().device_ports == {"jt808": 7611, "gt06": 5023}
