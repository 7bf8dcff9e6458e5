from __future__ import annotations

from collections import Counter

import msgspec
import pytest
from network_samples import START, steps, truth

from milepost.carriers import registry
from milepost.demo.network import Step
from milepost.domain.scan import ParseContext, Parsed

SOURCES = ("17track", "aftership", "kdniao", "kuaidi100")


def pushes(source: str) -> list[Step]:
    return [step for step in steps() if step.source == source]


def parsed(step: Step) -> Parsed:
    assert step.source is not None
    assert step.payload is not None
    parse = registry.parser(step.source)
    if parse is None:
        pytest.skip(f"no connector {step.source} yet")
    return parse(step.payload, ParseContext(received_at=step.at, content_type="application/json"))


def test_about_a_seventh_of_the_roads_is_pushed_by_all_four_sources() -> None:
    told = {scan.number for step in steps() for scan in step.scans}
    begun = [s for s in truth() if s.parcels[0].events[0].at <= START]
    pushed = [s for s in begun if not told & {leg.number for leg in s.lane.legs}]

    assert 0.09 < len(pushed) / len(begun) < 0.21
    assert {step.source for step in steps()} == {None, *SOURCES}


@pytest.mark.parametrize("source", SOURCES)
def test_payloads_are_json(source: str) -> None:
    for step in pushes(source):
        assert step.payload is not None
        assert msgspec.json.decode(step.payload)


@pytest.mark.parametrize("source", SOURCES)
def test_connectors_read_every_push_whole(source: str) -> None:
    for step in pushes(source):
        found = parsed(step)

        assert found.unread == ()
        assert found.errors == ()
        assert found.scans


@pytest.mark.parametrize("source", SOURCES)
def test_pushed_events_are_those_that_happened(source: str) -> None:
    roads = {s.lane.legs[0].number: s.parcels[0].events for s in truth()}
    latest: dict[str, Parsed] = {}
    counts: Counter[str] = Counter()
    for step in pushes(source):
        found = parsed(step)
        scans = [scan for scan in found.scans if scan.code != "promise"]
        number = min((scan.occurred_at, scan.number) for scan in scans)[1]
        latest[number] = found
        assert len(scans) >= counts[number]
        counts[number] = len(scans)

    for number, found in latest.items():
        events = roads[number][: counts[number]]
        scans = [scan for scan in found.scans if scan.code != "promise"]
        told = sorted(scan.occurred_at.replace(tzinfo=None) for scan in scans)
        true = sorted(e.stop.city.local(e.at).replace(tzinfo=None, microsecond=0) for e in events)
        assert told == true


@pytest.mark.parametrize("source", SOURCES)
def test_codes_are_in_the_sources_table(source: str) -> None:
    table = registry.codes(source)
    if not table:
        pytest.skip(f"no code table of {source} yet")
    codes = {scan.code for step in pushes(source) for scan in parsed(step).scans if scan.code_set}

    assert codes <= set(table)
