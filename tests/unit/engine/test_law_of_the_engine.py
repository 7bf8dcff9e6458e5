"""The law of the engine, for the engine as a whole: the same events in any order, repetition and
split into batches give the same bytes, the same road and the same alerts.
"""

from __future__ import annotations

import gzip
import json
import random
from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milepost.carriers import registry
from milepost.domain.place import Place
from milepost.domain.scan import LinkedNumber, ParseContext, Scan, id_text
from milepost.domain.status import STATUSES
from milepost.engine.linking import links_of
from milepost.engine.resolve import Resolver
from shared import shared
from unit.engine.whole import NOW, NOW_US, TABLES, TENANT, Seen, Step, walk

NUMBERS = ["SF100001", "DPD100001", "JT100001"]
PLACES = [None, "云溪中心", Place(name="Lyon", country="FR"), Place(name="Lyon", country="US")]
TEXTS = [None, None, "快件已被签收，签收人：门卫", "Arrived at hub", "Xq 7 zzv"]
resolver = Resolver(TABLES)


def at(step: int, offset_h: int | None) -> datetime:
    """Few distinct times, so that ties are common; naive where there is no offset."""
    time = NOW - timedelta(hours=9 * step, minutes=step % 3)
    if offset_h is None:
        return time.replace(tzinfo=None)
    return time.astimezone(timezone(timedelta(hours=offset_h)))


scans = st.builds(
    Scan,
    number=st.sampled_from(NUMBERS),
    occurred_at=st.builds(at, st.integers(1, 40), st.sampled_from([0, 8, None])),
    carrier=st.sampled_from([None, "sf", "SF", "dpd", "gls"]),
    code=st.sampled_from([None, "nonsense", *STATUSES]),
    text=st.sampled_from(TEXTS),
    place=st.sampled_from(PLACES),
    date_only=st.sampled_from([False, False, True]),
    estimated_to=st.sampled_from([None, None, NOW, NOW - timedelta(days=3)]),
)


@st.composite
def roads(draw: st.DrawFn) -> list[Scan]:
    """Scans of a few numbers; some retract others, some of these are retracted again."""
    road: list[Scan] = draw(st.lists(scans, min_size=1, max_size=14))
    for _ in range(draw(st.integers(0, 3))):
        target = draw(st.sampled_from(road))
        event = id_text(next(iter(resolver.events(TENANT, target, "test", NOW_US))).fingerprint)
        taker = draw(scans)
        bare = draw(st.booleans())
        road.append(
            msgspec.structs.replace(
                taker,
                number=target.number,
                retracts=event,
                code=None if bare else taker.code,
                text=None if bare else taker.text,
            )
        )
    return road


def split(chance: random.Random, items: list[Scan]) -> list[Step]:
    steps: list[Step] = []
    while items:
        size = chance.randint(1, len(items))
        steps.append(items[:size])
        items = items[size:]
    return steps


def assert_lawful(one: Seen, other: Seen) -> None:
    assert one.states == other.states
    assert one.alerts == other.alerts
    assert one.tracks == other.tracks
    for seen in (one, other):
        assert seen.states == seen.folds
        assert seen.open == seen.alerts


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(road=roads(), seed=st.integers(0, 2**32))
def test_any_order_repetition_and_split(road: list[Scan], seed: int) -> None:
    chance = random.Random(seed)
    # Scans that are alike in all that counts are the same event, of which the first is shown.
    road = list({_identity(scan): scan for scan in road}.values())
    shuffled = road + chance.choices(road, k=chance.randint(0, 6))
    chance.shuffle(shuffled)

    assert_lawful(walk([road]), walk(split(chance, shuffled)))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(road=roads(), seed=st.integers(0, 2**32), boxes=st.sampled_from([[3], [2, 1], [1, 2], [2]]))
def test_whenever_numbers_are_joined(road: list[Scan], seed: int, boxes: list[int]) -> None:
    chance = random.Random(seed)
    road = list({_identity(scan): scan for scan in road}.values())
    numbers = iter([LinkedNumber(number=number) for number in NUMBERS])
    links = tuple(links_of(TENANT, [[next(numbers) for _ in range(count)] for count in boxes]))
    shuffled = chance.sample(road, len(road))
    late = split(chance, shuffled)
    late.insert(chance.randint(0, len(late)), links)

    assert_lawful(walk([links, road]), walk(late))


def _identity(scan: Scan) -> tuple[tuple[int, int], ...]:
    events = resolver.events(TENANT, scan, "test", NOW_US)
    return tuple((event.fingerprint, event.code) for event in events)


def real_roads() -> list[list[Scan]]:
    """Scans of real payloads, as our connectors read them; at least three of one payload."""
    cases = json.loads(gzip.decompress(shared("data/carrier_payloads.json.gz").read_bytes()))
    found = []
    for case in cases["cases"]:
        parse = registry.parser(case["carrier"].replace("_", "-"))
        for raw in case["raw"] if parse else ():
            parsed = parse(raw["body"].encode(), _context())  # type: ignore[misc]
            if len(parsed.scans) >= 3:
                found.append(list(parsed.scans))
    return found


def _context() -> ParseContext:
    return ParseContext(received_at=NOW, number="ASKED1")


def test_real_roads_in_any_order() -> None:
    chance = random.Random(20261120)
    roads_found = real_roads()
    assert len(roads_found) > 20
    everything: list[Scan] = []
    for index, road in enumerate(roads_found):
        # Numbers of the test sets repeat between carriers: each road gets one of its own.
        everything += [_renumbered(scan, index) for scan in road]
    expected = walk([everything])
    assert expected.accepted > 200
    for _ in range(6):
        shuffled = everything + chance.choices(everything, k=40)
        chance.shuffle(shuffled)

        assert_lawful(expected, walk(split(chance, shuffled)))


def _renumbered(scan: Scan, index: int) -> Scan:
    return msgspec.structs.replace(scan, number=f"{scan.number}R{index:03d}")


def test_a_road_says_the_same_now_and_when_it_is_told_backwards() -> None:
    # The customs hold was due long ago, but the event that says so comes in last.
    times = [NOW - timedelta(hours=hours) for hours in (80, 10)]
    road: list[Any] = [
        Scan(number="SF100001", occurred_at=one, code="customs.processing") for one in times
    ]
    codes = [name for name in STATUSES if name.startswith("customs")]
    road = [msgspec.structs.replace(scan, code=codes[0]) for scan in road]

    assert_lawful(walk([[road[0]], [road[1]]]), walk([[road[1]], [road[0]]]))


def test_a_scan_that_is_told_with_its_code_and_without() -> None:
    # Some sources give a state for the newest scan only, so at the next query it has lost it.
    bare = Scan(number="SF100001", occurred_at=NOW - timedelta(hours=3), text="Xq 7 zzv")
    coded = msgspec.structs.replace(bare, code="out_for_delivery")
    expected = walk([[coded]])
    (track,) = expected.tracks.values()
    assert track["status"]["main"] == "out_for_delivery"

    for steps in ([[bare], [coded]], [[coded], [bare]], [[bare, coded, bare]], [[coded, bare]]):
        assert_lawful(expected, walk(steps))
