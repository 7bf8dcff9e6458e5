"""Truck terminals on a running server with PostgreSQL: TCP, HTTP and the refused."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from journey.running import NOW, Running, running
from milepost.engine.devices import Terminal
from milepost.intake.devices.protocols.gt06.framing import wrap
from milepost.intake.reports.taking import TAG
from milepost.stores.postgres.containment import PostgresContainment
from milepost.stores.postgres.telemetry import PostgresTelemetry, PostgresTerminals
from unit.devices.device_frames import gt06, jt808, jt808_location

pytest_plugins = ["pg"]
PHONE, IMEI = "19900001234", "863000000001234"
DAY_US = 86_400_000_000
NOW_US = int(NOW.timestamp() * 1e6)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def yard(module_url: str) -> Iterator[tuple[Running, dict[str, int]]]:
    ports = {"jt808": free_port(), "gt06": free_port()}
    with running(module_url, device_ports=ports) as one:
        yield one, ports


def know(one: Running, tenant: int, protocol: str, identity: str, asset: str) -> None:
    store = PostgresTerminals(one.milepost.store.pool)
    one.call(store.save, Terminal(tenant, protocol, identity, asset))


def say(port: int, data: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(data)
        return client.recv(4096)


def test_a_truck_reports_and_its_position_is_in_the_store(
    yard: tuple[Running, dict[str, int]],
) -> None:
    one, ports = yard
    caller = one.caller()
    know(one, caller.tenant, "jt808", PHONE, "truck:A1")

    answer = say(ports["jt808"], jt808(0x0200, jt808_location(clock="261120195900")))

    assert answer[1:3] == b"\x80\x01"
    samples = one.call(
        PostgresTelemetry(one.milepost.store.pool).samples,
        caller.tenant, ["truck:A1"], NOW_US - DAY_US, NOW_US,
    )["truck:A1"]  # fmt: skip
    assert [(s.lat_e7, s.lon_e7, s.speed_mm_s) for s in samples] == [(312500000, 1215000000, 10000)]


def test_a_tag_that_a_truck_reads_is_in_the_truck(yard: tuple[Running, dict[str, int]]) -> None:
    one, ports = yard
    caller = one.caller()
    know(one, caller.tenant, "gt06", IMEI, "truck:A2")
    know(one, caller.tenant, TAG, "00AB12CD", "cage:C7")
    login = gt06(0x01, bytes.fromhex("0" + IMEI))

    say(ports["gt06"], login + wrap(0x9B, 6, b"\x03RFID:00AB12CD\r\n", long=True))

    found = one.call(
        PostgresContainment(one.milepost.store.pool).of, caller.tenant, ["cage:C7"]
    )["cage:C7"]  # fmt: skip
    assert [(each.parent, each.began) for each in found] == [("truck:A2", "observed")]


def test_osmand_and_owntracks_over_http(yard: tuple[Running, dict[str, int]]) -> None:
    one, _ = yard
    caller = one.caller()
    know(one, caller.tenant, "osmand", "van-7", "truck:V7")
    know(one, caller.tenant, "owntracks", "van-8", "truck:V8")
    at = int(NOW.timestamp()) - 60
    query = f"id=van-7&lat=31.25&lon=121.5&timestamp={at}"
    track = {
        "_type": "location",
        "topic": "owntracks/yard/van-8",
        "lat": 1.5,
        "lon": 2.5,
        "tst": at,
    }

    got = one.client.get(f"/v1/devices/osmand?{query}")
    posted = one.client.post("/v1/devices/osmand", content=query)
    told = one.client.post("/v1/devices/owntracks", json=track | {"tst": at})

    assert [each.status_code for each in (got, posted, told)] == [200, 200, 200]
    assert told.json() == []
    stored = one.call(
        PostgresTelemetry(one.milepost.store.pool).samples,
        caller.tenant, ["truck:V7", "truck:V8"], NOW_US - DAY_US, NOW_US,
    )  # fmt: skip
    assert {name: len(samples) for name, samples in stored.items()} == {
        "truck:V7": 1,
        "truck:V8": 1,
    }


def test_owntracks_is_named_by_the_request_and_not_refused_for_ever(
    yard: tuple[Running, dict[str, int]],
) -> None:
    one, _ = yard
    caller = one.caller()
    know(one, caller.tenant, "owntracks", "van-9", "truck:V9")
    track = {"_type": "location", "tid": "v9", "lat": 1, "lon": 2, "tst": int(NOW.timestamp())}

    by_url = one.client.post("/v1/devices/owntracks?u=yard&d=van-9", json=track)
    by_header = one.client.post("/v1/devices/owntracks", json=track, headers={"X-Limit-D": "van-9"})
    last_will = one.client.post("/v1/devices/owntracks", json={"_type": "lwt", "tst": 1})

    assert [each.status_code for each in (by_url, by_header, last_will)] == [200, 200, 200]


@pytest.mark.parametrize(
    ("query", "status"),
    [("id=nobody&lat=1&lon=2&timestamp=1772600767", 403), ("lat=1&lon=2", 400),
     ("id=van-7&lat=99&lon=2&timestamp=1772600767", 400), ("", 400)],
)  # fmt: skip
def test_refused_over_http(yard: tuple[Running, dict[str, int]], query: str, status: int) -> None:
    one, _ = yard

    answer = one.client.get(f"/v1/devices/osmand?{query}")

    assert answer.status_code == status
    assert answer.text
