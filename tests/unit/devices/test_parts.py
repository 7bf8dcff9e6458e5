"""JT/T 808 messages in parts, over real sockets: whole, with a part lost, cut off, given up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from struct import pack

import pytest
from device_doubles import Client
from device_frames import jt808_location
from test_gateway import House, answer

from milepost.intake.devices.limits import Limits
from milepost.intake.devices.protocols.jt808.framing import cut, escape, unescape
from milepost.intake.devices.reassembly import Patience
from milepost.intake.devices.wire.framing import frames
from patience import PATIENCE_S

WAIT = Patience(wait_s=0.2, asks=2, keep_s=60)
BATCH = pack(">HB", 3, 1) + b"".join(
    pack(">H", 28) + jt808_location(clock=f"26030413{minute}07") for minute in ("06", "07", "08")
)
PICTURE = bytes(range(256)) * 9
MEDIA = pack(">IBBBB", 77, 0, 0, 1, 2) + jt808_location() + PICTURE


def parts(kind: int, body: bytes, size: int, *, first: int = 100, year: int = 2013) -> list[bytes]:
    """The frames of a message that is cut into pieces of some bytes."""
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    phone = bytes.fromhex("019900001234" if year < 2019 else "0100000000019900001234")
    mark = 0x2000 if year < 2019 else 0x6000
    return [
        escape(
            pack(">HH", kind, mark | len(piece)) + phone
            + pack(">HHH", first + at, len(pieces), at + 1) + piece
        )
        for at, piece in enumerate(pieces)
    ]  # fmt: skip


async def messages(client: Client, count: int = 1) -> list[tuple[int, bytes]]:
    """(message, body) of the next frames from the gateway."""
    data, found = b"", []
    while len(found) < count:
        data += await client.read()
        found = frames(cut, data)[0]
    contents = [unescape(frame)[1] for frame in found]
    return [
        (int.from_bytes(one[:2], "big"), one[17:] if one[2] & 0x40 else one[12:])
        for one in contents
    ]


async def until(holds: Callable[[], object]) -> None:
    """Wait in the loop that the gateway runs in."""
    async with asyncio.timeout(PATIENCE_S):
        while not holds():  # noqa: ASYNC110 - what it waits for has no event of its own
            await asyncio.sleep(0.01)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    one = House(Limits(group_s=0.01, parts=WAIT))
    await one.start()
    yield one
    await one.gateway.stop()


async def test_one_general_answer_for_the_whole_once_it_is_durable(house: House) -> None:
    client = await house.client()
    first, *others = parts(0x0704, BATCH, 40)
    client.send(first)
    await until(lambda: bool(house.parts.held))
    house.telemetry.gate.clear()
    client.send(b"".join(others))

    assert await client.silent()
    house.telemetry.gate.set()
    assert answer(await client.read()) == (0x8001, 102, 0x0704, 0)
    assert len(house.telemetry.samples[3]) == 3
    assert house.parts.held == {}


@pytest.mark.parametrize(("year", "listed"), [(2013, b"\x01\x00\x02"), (2019, b"\0\x01\0\x02")])
async def test_a_part_that_was_lost_is_asked_for(house: House, year: int, listed: bytes) -> None:
    client = await house.client()
    sent = parts(0x0704, BATCH, 40, year=year)
    client.send(sent[0] + sent[2])

    assert await messages(client) == [(0x8003, pack(">H", 100) + listed)]
    client.send(sent[1])
    ((kind, body),) = await messages(client)
    assert (kind, body[:5]) == (0x8001, pack(">HHB", 101, 0x0704, 0))
    assert len(house.telemetry.samples[3]) == 3


async def test_a_terminal_that_goes_on_after_its_connection_broke(house: House) -> None:
    client = await house.client()
    sent = parts(0x0704, BATCH, 40)
    client.send(sent[0] + sent[1])
    await until(lambda: any(len(one) == 2 for one in house.parts.held.values()))
    await client.close()

    again = await house.client()
    again.send(sent[2])

    assert answer(await again.read()) == (0x8001, 102, 0x0704, 0)
    assert len(house.telemetry.samples[3]) == 3


async def test_a_terminal_that_waits_for_an_answer_to_each_part_gets_it(house: House) -> None:
    client = await house.client()
    sent = parts(0x0704, BATCH, 40)
    client.send(sent[0])
    await until(lambda: bool(house.parts.held))
    client.send(sent[0])

    assert answer(await client.read()) == (0x8001, 100, 0x0704, 0)
    client.send(sent[1] + sent[2])
    assert answer(await client.read()) == (0x8001, 102, 0x0704, 0)
    client.send(sent[1])
    assert answer(await client.read()) == (0x8001, 101, 0x0704, 0)
    assert house.parts.held == {}


async def test_every_byte_of_a_picture_is_kept(house: House) -> None:
    client = await house.client()
    client.send(b"".join(parts(0x0801, MEDIA, 900)))

    assert await messages(client) == [(0x8800, pack(">I", 77))]
    ((asset, medium),) = house.media.kept
    assert (asset, medium.body, medium.complete) == ("truck:A1", PICTURE, True)
    assert (medium.content_type, medium.event, medium.channel) == ("image/jpeg", 1, 2)
    assert (medium.lat_e7, medium.lon_e7) == (312_500_000, 1_215_000_000)
    assert len(house.telemetry.samples[3]) == 1


async def test_a_picture_asks_in_both_ways_and_in_the_end_says_that_it_did_not_come(
    house: House,
) -> None:
    client = await house.client()
    sent = parts(0x0801, MEDIA, 900)
    client.send(sent[0] + sent[1])

    assert await messages(client) == [(0x8003, pack(">HBH", 100, 1, 3))]
    assert await messages(client) == [(0x8800, pack(">IBH", 77, 1, 3))]
    assert await messages(client) == [(0x8001, pack(">HHB", 101, 0x0801, 1))]


async def test_what_never_becomes_whole_is_read_as_far_as_it_goes(house: House) -> None:
    client = await house.client()
    client.send(parts(0x0704, BATCH, 40)[0])
    client.send(b"".join(parts(0x0801, MEDIA, 900, first=300)[:2]))
    await until(lambda: len(house.parts.held) == 2)
    house.now_us += 61_000_000

    await until(lambda: bool(house.media.kept))
    await until(lambda: house.parts.held == {})
    ((_, medium),) = house.media.kept
    assert not medium.complete
    assert medium.body == PICTURE[: 2 * 900 - 36]
    assert len(house.telemetry.samples[3]) == 1


async def test_more_parts_than_any_message_has_are_answered_as_wrong(house: House) -> None:
    client = await house.client()
    head = pack(">HH", 0x0801, 0x2004) + bytes.fromhex("019900001234")
    client.send(escape(head + pack(">HHH", 5, 9_000, 1) + b"abcd"))

    assert answer(await client.read()) == (0x8001, 5, 0x0801, 2)


async def test_parts_of_a_stranger_are_not_kept(house: House) -> None:
    client = await house.client()
    house.terminals.known.clear()
    client.send(parts(0x0704, BATCH, 40)[0])

    assert answer(await client.read()) == (0x8001, 100, 0x0704, 1)
    assert house.parts.held == {}
