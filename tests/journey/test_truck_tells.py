"""What a truck terminal says beside its position, on a running server: facts, alarms, pictures."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from struct import pack
from typing import Any

import pytest
from click.testing import CliRunner

from journey.running import Caller, Running, running
from milepost.cli import asset as command
from milepost.intake.devices.protocols.jt808.framing import escape
from patience import until
from unit.devices.device_frames import gt06, gt06_fix, jt808, jt808_2019, jt808_location

pytest_plugins = ["pg"]
IMEI = "863000000001234"
ITEMS = bytes.fromhex("0104000003e802020190030201f4")  # 100 km, 40 l, 50 km/h
PICTURE = b"\xff\xd8" + bytes(range(256)) * 8 + b"\xff\xd9"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def ports() -> dict[str, int]:
    return {name: free_port() for name in ("jt808", "gt06", "h02")}


@pytest.fixture(scope="module")
def yard(module_url: str, ports: dict[str, int]) -> Iterator[Running]:
    with running(module_url, device_ports=ports) as one:
        yield one


def owner(yard: Running, protocol: str, identity: str, asset: str, *scopes: str) -> Caller:
    caller = yard.caller(scopes=scopes or ("read", "write"))
    body = {"asset": asset, "terminals": [{"protocol": protocol, "identity": identity}]}
    assert caller.post("/v1/assets", body).status_code == 201
    return caller


def say(port: int, data: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(data)
        return client.recv(4096)


def location(clock: str, *bits: int, items: bytes = ITEMS) -> bytes:
    body = bytearray(jt808_location(clock=clock, items=items))
    body[:4] = sum(1 << bit for bit in bits).to_bytes(4, "big")
    return bytes(body)


def shown(caller: Caller, asset: str) -> Any:
    answer = caller.get(f"/v1/assets/{asset}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def alarms(found: Any) -> list[tuple[Any, str, str, bool]]:
    return [(one["alarm"], one["since"], one["until"], one["standing"]) for one in found["alarms"]]


@pytest.fixture(scope="module")
def told(yard: Running, ports: dict[str, int]) -> Caller:
    """A truck that has told: an alarm that ended, one that stands, one that nobody knows."""
    phone = "19900005555"
    caller = owner(yard, "jt808", phone, "truck:T1", "read", "write", "personal")
    for clock, bits in (("261120100000", (0, 17)), ("261120100500", (0, 30)),
                        ("261120101000", (30, 8))):  # fmt: skip
        say(ports["jt808"], jt808(0x0200, location(clock, *bits), phone="0" + phone))
    return caller


def test_facts_and_alarms_of_a_truck(told: Caller, ports: dict[str, int]) -> None:
    found = shown(told, "truck:T1")

    assert {name: found["facts"][name]["value"] for name in (
        "odometer_m", "fuel_ml", "recorder_speed_mm_s", "ignition", "doors_open",
    )} == {
        "odometer_m": 100_000, "fuel_ml": 40_000, "recorder_speed_mm_s": 13_889,
        "ignition": True, "doors_open": "",
    }  # fmt: skip
    assert found["facts"]["odometer_m"]["at"] == "2026-11-20T02:10:00+00:00"
    assert alarms(found) == [
        ("power_cut", "2026-11-20T02:10:00+00:00", "2026-11-20T02:10:00+00:00", True),
        ("rollover", "2026-11-20T02:05:00+00:00", "2026-11-20T02:10:00+00:00", True),
        ("sos", "2026-11-20T02:00:00+00:00", "2026-11-20T02:05:00+00:00", False),
        (17, "2026-11-20T02:00:00+00:00", "2026-11-20T02:00:00+00:00", False),
    ]
    assert found["alarms"][0]["lat"] == 31.25
    # What was kept back comes late, and what is newer stays.
    old = location("261120095500", 30, items=bytes.fromhex("01040000000a"))
    say(ports["jt808"], jt808(0x0200, old, phone="019900005555"))
    late = shown(told, "truck:T1")
    assert late["facts"] == found["facts"]
    assert alarms(late)[1] == (
        "rollover", "2026-11-20T01:55:00+00:00", "2026-11-20T02:10:00+00:00", True
    )  # fmt: skip
    assert told.get("/v1/assets/truck:T1/alarms?until=2026-11-20T02:00:00Z").json()["alarms"]


def test_the_same_fields_for_other_protocols(yard: Running, ports: dict[str, int]) -> None:
    caller = owner(yard, "gt06", IMEI, "truck:T2")
    body = gt06_fix((26, 11, 20, 1, 0, 0)) + bytes.fromhex("0901cc0028001234ab4406047702")
    say(ports["gt06"], gt06(0x01, bytes.fromhex("0" + IMEI)) + gt06(0x16, body))
    until(lambda: shown(caller, "truck:T2")["alarms"])
    text = b"*HQ,4100005555,V1,010000,A,3115.0000,N,12130.0000,E,19.44,090,201126,FFFFFFFD#"
    other = owner(yard, "h02", "4100005555", "truck:T3")
    with socket.create_connection(("127.0.0.1", ports["h02"]), timeout=60) as client:
        client.sendall(text)
        until(lambda: shown(other, "truck:T3")["alarms"])

    assert [one[0] for one in alarms(shown(caller, "truck:T2"))] == [119]
    assert [one[0] for one in alarms(shown(other, "truck:T3"))] == ["sos"]
    assert shown(other, "truck:T3")["facts"]["ignition"]["value"] is True


def test_nobody_else_sees_them(yard: Running, told: Caller) -> None:
    stranger = yard.caller()

    assert stranger.get("/v1/assets/truck:T1").status_code == 404
    assert stranger.get("/v1/assets/truck:T1/alarms").json()["alarms"] == []
    assert stranger.get("/v1/assets/truck:T1/media").json()["media"] == []


def test_the_command_shows_them(yard: Running, told: Caller, monkeypatch: Any) -> None:
    monkeypatch.setattr(command, "asked", lambda url, key, path: (200, told.get(path).content))

    plain = CliRunner().invoke(command.asset_command, ["truck:T1", "--key", "k"])
    lines = CliRunner().invoke(command.asset_command, ["truck:T1", "--key", "k", "--json"])

    assert (plain.exit_code, lines.exit_code) == (0, 0)
    assert "odometer_m" in plain.output
    assert "number 17" in plain.output
    assert json.loads(lines.output)["asset"] == "truck:T1"


def test_a_picture_in_parts_is_kept_and_shown_to_whom_it_concerns(
    yard: Running, ports: dict[str, int]
) -> None:
    phone = "19900006666"
    caller = owner(yard, "jt808", phone, "truck:T4", "read", "write", "personal")
    body = pack(">IBBBB", 7, 0, 0, 1, 2) + jt808_location(clock="261120100000") + PICTURE
    frames = []
    for at in range(3):
        piece = body[at * 800 : (at + 1) * 800]
        head = pack(">HH", 0x0801, 0x2000 | len(piece)) + bytes.fromhex("0" + phone)
        frames.append(escape(head + pack(">HHH", 50 + at, 3, at + 1) + piece))

    answer = say(ports["jt808"], b"".join(frames))

    assert answer[1:3] == b"\x88\x00"
    (one,) = caller.get("/v1/assets/truck:T4/media").json()["media"]
    assert (one["content_type"], one["complete"], one["camera"]) == ("image/jpeg", True, 2)
    got = caller.get(f"/v1/assets/truck:T4/media/{one['id']}")
    assert (got.status_code, got.headers["content-type"]) == (200, "image/jpeg")
    assert got.content == PICTURE
    assert caller.get("/v1/assets/truck:T4/media/none").status_code == 404
    assert b"\xff\xd8" + bytes(range(256)) not in b"".join(
        row[0] for row in yard.sql("SELECT sealed FROM asset_media")
    )
    assert yard.sql("SELECT count(*) FROM device_part")[0][0] == 0


def test_parts_survive_the_server(yard: Running, ports: dict[str, int], module_url: str) -> None:
    """What came before a stop is there for what comes after."""
    phone = "19900007777"
    caller = owner(yard, "jt808", phone, "truck:T5")
    body = pack(">HB", 2, 1) + 2 * (pack(">H", 28) + jt808_location(clock="261120100000"))
    frames = []
    for at, piece in enumerate((body[:40], body[40:])):
        head = pack(">HH", 0x0704, 0x2000 | len(piece)) + bytes.fromhex("0" + phone)
        frames.append(escape(head + pack(">HHH", 9 + at, 2, at + 1) + piece))
    with socket.create_connection(("127.0.0.1", ports["jt808"]), timeout=60) as client:
        client.sendall(frames[0])
        until(lambda: yard.sql("SELECT count(*) FROM device_part")[0][0] == 1)

    # A gateway that has no memory of the first part: only the store has it.
    gateway = next(
        one.gateway for one in yard.milepost.features if type(one).__name__ == "GatewayFeature"
    )
    gateway._reassembly._open.clear()
    answer = say(ports["jt808"], frames[1])

    assert answer[1:3] == b"\x80\x01"
    assert len(caller.get(
        "/v1/assets/truck:T5/positions?since=2026-11-20T00:00:00Z&until=2026-11-21T00:00:00Z"
    ).json()["positions"]) == 1  # fmt: skip


def test_a_terminal_of_2019_names_what_2013_reserves(yard: Running, ports: dict[str, int]) -> None:
    caller = owner(yard, "jt808", "19900008888", "truck:T6")
    frame = jt808_2019(0x0200, location("261120100000", 16), "00000000019900008888")

    say(ports["jt808"], frame)

    assert [one[0] for one in alarms(shown(caller, "truck:T6"))] == ["tyre_pressure"]
