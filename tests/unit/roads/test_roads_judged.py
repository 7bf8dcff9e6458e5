"""How good the network is: on real line-haul legs, and on the demo's synthetic roads."""

from __future__ import annotations

import csv
import gzip
import heapq
from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import mean

from milepost.bench.roads import run
from milepost.eta.roads.model import Node, Passage, Stay
from milepost.eta.roads.network import Network
from milepost.eta.roads.sketch import points, quantile
from milepost.eta.roads.times import Moment
from shared import shared

MINUTE = 60


def legs() -> Iterator[tuple[int, int, str, str, float, float]]:
    """Begin and end (seconds), both centres, minutes of the route planner and of the look-up."""
    with gzip.open(shared("data/delhivery_legs.csv.gz"), "rt") as file:
        for row in csv.DictReader(file):
            at = datetime.fromisoformat(row["od_start_time"]).replace(tzinfo=UTC)
            begun_s = int(at.timestamp())
            kind = row["route_type"]
            yield (begun_s, begun_s + int(float(row["actual_time"]) * MINUTE),
                   kind + row["source_center"], kind + row["destination_center"],
                   float(row["osrm_time"]), float(row["M1_lookup"]))  # fmt: skip


def test_edges_that_have_been_seen_beat_the_corridor_look_up() -> None:
    """Delhivery, in the order of time; a leg teaches when it has ended. Only the evaluated legs are
    at hand, so a corridor is new at its first three legs: those are not counted here.
    """
    rows = sorted(legs())
    network = Network(base_s=rows[0][0] - 365 * 86_400)
    running: list[tuple[int, int]] = []
    ours, planner, look_up, kept = [], [], [], []
    for index, (begun_s, ended_s, origin, to, osrm, corridor) in enumerate(rows):
        while running and running[0][0] <= begun_s:
            network.put(leg(*rows[heapq.heappop(running)[1]][:4]))
        moment = Moment(network, begun_s)
        heapq.heappush(running, (ended_s, index))
        if moment.evidence("transit/edge", origin, to) < 3:
            continue
        lasting = points(moment.transit(origin, to, begun_s, 330))
        took = (ended_s - begun_s) / MINUTE
        ours.append(abs(quantile(lasting, 500) / MINUTE - took))
        planner.append(abs(osrm - took))
        look_up.append(abs(corridor - took))
        low, high = (quantile(lasting, pm) for pm in (100, 900))
        kept.append(low <= took * MINUTE <= high)
    assert len(ours) > 2_000
    assert mean(ours) < mean(look_up) < mean(planner)
    assert 0.75 < mean(kept) < 0.95


def leg(begun_s: int, ended_s: int, origin: str, to: str) -> Passage:
    nodes = {key: Node(key=key, carrier="delhivery", name=key) for key in (origin, to)}
    stays = (Stay(origin, begun_s, begun_s, 330, left=True), Stay(to, ended_s, ended_s, 330))
    return Passage(nodes=nodes, stays=stays, over=True)


def test_the_bench_on_small_synthetic_networks() -> None:
    found = run(open_count=300, learned=1_000, samples=250, rounds=1)
    assert found.rerouted > 10
    assert found.next.asked > 50
    assert found.next.place > 0.7
    assert found.next.among_three > found.next.scan > 0.5
    assert found.unannounced.place < found.next.place
