"""Real answers of carriers: every event kept, offsets kept, one bad scan loses nothing else."""

from __future__ import annotations

import copy
import gzip
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from milepost.carriers import registry
from milepost.domain.scan import ParseContext, Parsed, Scan
from shared import ROOT, shared

DATA = "data/carrier_payloads.json.gz"
ASKED = "ASKED-1"
# The set's names of carriers where they are not ours.
SLUGS = {
    "allied_express_local": "allied-express",
    "amazon_shipping": "amazon",
    "asendia_us": "asendia",
    "australiapost": "australia-post",
    "canadapost": "canada-post",
    "colissimo": "la-poste",
    "dhl_universal": "dhl",
    "laposte": "la-poste",
    "mydhl": "dhl-express",
    "royalmail": "royal-mail",
    "usps_international": "usps",
}
# What stands exactly once in every event of a payload: counts events without our reading of them.
MARKS = {
    "allied_express": '"scannnedTimestamp"',
    "allied_express_local": '"scannnedTimestamp"',
    "amazon_shipping": '"eventTime"',
    "asendia": '"carrierEventDescription"',
    "asendia_us": '"eventOn"',
    "australiapost": '"date":',
    "boxknight": '"orderStatus"',
    "bpost": "<stateInfo>",
    "canadapost": "<occurrence>",
    "canpar": "<ax23:events ",
    "chronopost": "<events>",
    "colissimo": '"label":',
    "dhl_express": "<ShipmentEvent>",
    "dhl_parcel_de": 'name="piece-event"',
    "dhl_poland": "<item>",
    "dhl_universal": r'"timestamp": "[\d:T-]+"',
    "dicom": '"activityDate"',
    "dpd": "<statusInfo>",
    "easypost": '"datetime"',
    "easyship": '"tracking_state"',
    "eshipper": '"dateTime"',
    "fedex": '"eventType": "[A-Z]{2}"',
    "geodis": '"heureSuivi"',
    "gls": '"eventDateTime"',
    "hay_post": '"orderId"',
    "hermes": '"scanningUnit"',
    "landmark": "<Event>",
    "laposte": '"label":',
    "locate2u": '"stopId"',
    "mydhl": '"serviceArea"',
    "nationex": '"StatusDate"|"ProcessedDate"',
    "parcelone": '"DateTime"',
    "purolator": "<Scan>",
    "roadie": '"occurred_at"',
    "royalmail": '"eventDateTime"',
    "seko": '"EventDT"',
    "sendle": '"event_type"',
    "shipengine": '"occurred_at"',
    "smartkargo": '"eventDate"',
    "spring": '"Timestamp"',
    "teleship": '"description"',
    "tnt": "<StatusData>",
    "ups": '"slic"',
    "usps": '"eventTimestamp"',
    "usps_international": '"eventTimestamp"',
    "veho": '"location":',
    "zoom2u": '"statusChangeDateTime"',
}
# Australia Post gives sentences only; one answer of Allied Express has a scan without its status.
NO_CODES = {"australiapost", "allied_express", "allied_express_local"}
# How a PDF begins in Base64: a proof of delivery fetched along with the answer, no tracking data.
POD = "JVBERi0"
WALL = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
OFFSET = re.compile(rf"({WALL})(?:\.\d+)?(Z|[+-]\d\d:?\d\d)")
TIME = re.compile(
    r"\d{4}-\d\d|\d{8}|\d{1,2}[./]\d{1,2}[./]\d{4}|[A-Z][a-z]+ \d{1,2}, \d{4}|\d{1,2}:\d\d"
)
FAR_FUTURE_S = 10**9


def load_cases() -> list[Any]:
    path = Path(os.environ.get("MILEPOST_SHARED", ROOT.parent / "shared")) / DATA
    if not path.exists():
        return []
    cases: list[Any] = json.loads(gzip.decompress(path.read_bytes()))["cases"]
    return cases


CASES = load_cases()
NAMES = [f"{case['carrier']}-{case['test']}" for case in CASES]
every_case = pytest.mark.parametrize("case", CASES, ids=NAMES)
every_road = pytest.mark.parametrize(
    "case",
    [case for case in CASES if case["kind"] == "tracking"],
    ids=[name for case, name in zip(CASES, NAMES, strict=True) if case["kind"] == "tracking"],
)


def bodies(case: Any) -> list[str]:
    return [raw["body"] for raw in case["raw"] if POD not in raw["body"]]


def read(case: Any, body: str) -> Parsed:
    parse = registry.parser(SLUGS.get(case["carrier"], case["carrier"].replace("_", "-")))
    assert parse is not None, f"no connector reads {case['carrier']}"
    context = ParseContext(received_at=datetime(2026, 3, 1, 12, 0, tzinfo=UTC), number=ASKED)
    return parse(body.encode(), context)


def events(parsed: Parsed) -> list[Scan]:
    """The scans without the promises, which no row of an answer stands for."""
    return [scan for scan in parsed.scans if scan.code != "promise"]


def expected_events(case: Any) -> int:
    """How many events the peer kept: a lower bound, it drops some."""
    details = [detail for detail in case["expected_details"] or [] if isinstance(detail, dict)]
    return sum(len(detail.get("events") or []) for detail in details)


def test_the_set_is_there() -> None:
    shared(DATA)
    assert len(CASES) == 116


@every_case
def test_what_cannot_be_tracked_is_an_error_not_a_scan(case: Any) -> None:
    if case["kind"] != "error":
        return
    for body in bodies(case):
        parsed = read(case, body)

        assert not parsed.scans
        assert parsed.errors or parsed.unread
        if case["expected_messages"]:
            assert parsed.errors
            assert not parsed.unread


@every_road
def test_every_event_is_kept(case: Any) -> None:
    marked = sum(len(re.findall(MARKS[case["carrier"]], body)) for body in bodies(case))
    parsed = [read(case, body) for body in bodies(case)]

    assert not [piece for one in parsed for piece in one.unread]
    kept = sum(len(events(one)) for one in parsed)
    assert kept == (marked if expected_events(case) else 0)
    assert kept >= expected_events(case)


@every_road
def test_every_event_has_its_code(case: Any) -> None:
    if case["carrier"] in NO_CODES:
        return
    for body in bodies(case):
        assert all(scan.code and scan.code_set for scan in events(read(case, body)))


@every_road
def test_offsets_that_are_given_are_kept(case: Any) -> None:
    for body in bodies(case):
        offsets: dict[str, set[str]] = {}
        for wall, offset in OFFSET.findall(body):
            offsets.setdefault(wall, set()).add(offset.replace("Z", "+00:00").replace(":", ""))
        bare = set(re.findall(rf'({WALL})(?:\.\d+)?["<]', body))
        for scan in events(read(case, body)):
            wall = scan.occurred_at.strftime("%Y-%m-%dT%H:%M:%S")
            if wall in offsets and wall not in bare:
                assert scan.occurred_at.strftime("%z") in offsets[wall]


@every_road
def test_no_offset_is_made_up(case: Any) -> None:
    for body in bodies(case):
        if re.search(rf"{WALL}(?:\.\d+)?(Z|[+-]\d\d)|GMT|imezone|time-zone|Timestamp\": \d", body):
            continue
        assert all(scan.occurred_at.tzinfo is None for scan in events(read(case, body)))


@every_road
def test_one_broken_time_loses_no_other_scan(case: Any) -> None:
    for body in bodies(case):
        whole = keys(read(case, body))
        for broken in with_a_broken_row(body):
            parsed = read(case, broken)
            lost = whole - keys(parsed)
            assert lost.total() <= 1
            assert not lost or len(parsed.unread) == 1


def test_rows_are_broken_at_all() -> None:
    shared(DATA)
    losing = 0
    for case in CASES:
        for body in bodies(case) if case["kind"] == "tracking" else []:
            whole = keys(read(case, body))
            losing += any(whole - keys(read(case, broken)) for broken in with_a_broken_row(body))
    assert losing >= 35


def keys(parsed: Parsed) -> Counter[tuple[Any, ...]]:
    return Counter(
        (scan.number, scan.occurred_at.isoformat(), scan.code, scan.text) for scan in events(parsed)
    )


def with_a_broken_row(body: str) -> Iterator[str]:
    """The payload with all times of one row made nonsense, for several rows of every list."""
    if body.lstrip().startswith("<"):
        yield from broken_xml(body)
        return
    tree = json.loads(body)
    for rows in leaf_lists(tree):
        for index in sorted({0, len(rows) // 2, len(rows) - 1}):
            row = rows[index]
            rows[index] = without_times(copy.deepcopy(row))
            yield json.dumps(tree)
            rows[index] = row


def leaf_lists(tree: Any) -> Iterator[list[Any]]:
    """Lists of at least two objects that hold no such lists themselves."""
    children = list(tree.values() if isinstance(tree, dict) else tree)
    inner = [
        found for child in children if isinstance(child, dict | list) for found in leaf_lists(child)
    ]
    yield from inner
    if isinstance(tree, list) and len(tree) > 1 and not inner and isinstance(tree[0], dict):
        yield tree


def without_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_times(child) for key, child in value.items()}
    if isinstance(value, list):
        return [without_times(child) for child in value]
    is_epoch = isinstance(value, int) and value > FAR_FUTURE_S
    return "never" if is_epoch or (isinstance(value, str) and TIME.search(value)) else value


def broken_xml(body: str) -> Iterator[str]:
    root = ElementTree.fromstring(body)
    for parent in root.iter():
        tags = Counter(child.tag for child in parent)
        rows = [child for child in parent if tags[child.tag] > 1 and (len(child) or child.attrib)]
        for row in rows[:: max(1, len(rows) // 3)]:
            if any(
                Counter(child.tag for child in inner).most_common(1)[0][1] > 1
                for inner in row.iter()
                if len(inner)
            ):
                continue
            index = list(parent).index(row)
            parent[index] = xml_without_times(row)
            yield ElementTree.tostring(root, encoding="unicode")
            parent[index] = row


def xml_without_times(row: ElementTree.Element) -> ElementTree.Element:
    broken = copy.deepcopy(row)
    for element in broken.iter():
        if TIME.search(element.text or "") or (element.text or "").strip().isdecimal():
            element.text = "never"
        for name, value in element.attrib.items():
            if TIME.search(value):
                element.set(name, "never")
    return broken
