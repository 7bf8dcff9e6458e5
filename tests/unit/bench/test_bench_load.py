from itertools import islice

import msgspec
from bench_answering import answering

from milepost.bench.generator import number_of
from milepost.bench.load import SCANS_A_ROAD, Connection, batches
from milepost.domain.scan import Scan

_scans = msgspec.json.Decoder(list[Scan]).decode


def test_batches_are_scans_of_many_parcels_and_never_repeat() -> None:
    scans = [scan for body in islice(batches(50, roads=60), 40) for scan in _scans(body)]

    assert len(scans) == 40 * 50
    assert len({(scan.number, scan.code, scan.occurred_at) for scan in scans}) == len(scans)


def test_a_road_is_as_long_as_its_stages_and_its_times_go_on() -> None:
    roads: dict[str, list[Scan]] = {}
    for body in islice(batches(10, roads=10), 3 * SCANS_A_ROAD):
        for scan in _scans(body):
            roads.setdefault(scan.number, []).append(scan)

    full = [road for road in roads.values() if len(road) == SCANS_A_ROAD]
    assert len(full) >= 10
    for road in full:
        assert road[-1].code == "delivered"
        assert sorted(scan.occurred_at for scan in road) == [scan.occurred_at for scan in road]


def test_numbers_can_be_told_without_the_scans() -> None:
    sent = {scan.number for scan in _scans(next(batches(20, roads=20, seed=3)))}

    assert sent == {number_of(index, seed=3) for index in range(20)}


async def test_a_connection_asks_again_and_again() -> None:
    async with answering(
        lambda method, path, body: (202, f"{method} {path}".encode() + body)
    ) as port:
        connection = Connection("127.0.0.1", port, "key")
        await connection.open()

        assert await connection.request("POST", "/a", b"!") == (202, b"POST /a!")
        assert await connection.request("GET", "/b") == (202, b"GET /b")
        connection.close()
