"""One contract for every connector folder: what it reads, and that bad data loses nothing else."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milepost.carriers.checking import check_all
from milepost.carriers.discovery import Folder, folders
from milepost.carriers.expectation import Fixture, differences, fixtures, outcome
from milepost.carriers.registry import Parse, load_parser
from milepost.domain.scan import ParseContext, Parsed

CONNECTORS = {folder.name: folder for folder in folders() if folder.has("parse.py")}
CASES = [
    pytest.param(folder, fixture, id=f"{folder.name}/{fixture.name}")
    for folder in CONNECTORS.values()
    for fixture in fixtures(folder)
]
CONTEXT = ParseContext(received_at=datetime(2026, 3, 1, 12, 0, tzinfo=UTC))
GARBAGE: list[Any] = [None, "", "garbage", -1, 10**30, True, [], {}, [None], {"a": {"b": []}}]
NOT_A_PAYLOAD = [
    b"",
    b" ",
    b"null",
    b"[]",
    b"{}",
    b"1",
    b'"x"',
    b"[null, 1, []]",
    b"<a/>",
    b"<a",
    b"a=b&c",
    b"\xff\xfe\x00",
    b"[" * 100_000,
    b'{"a":' * 50_000,
    "你好".encode("gb18030"),
]

each_connector = pytest.mark.parametrize("name", CONNECTORS)


def read(parse: Parse, payload: bytes, context: ParseContext = CONTEXT) -> Parsed:
    """Parses; whatever comes out must be writable as JSON, or it could not be stored."""
    parsed = parse(payload, context)
    assert isinstance(parsed, Parsed)
    msgspec.json.encode(parsed)
    return parsed


def test_there_are_connectors() -> None:
    assert CONNECTORS


def test_every_folder_is_well_formed() -> None:
    assert check_all() == []


@pytest.mark.parametrize(("folder", "fixture"), CASES)
def test_reads_its_fixture(folder: Folder, fixture: Fixture) -> None:
    assert fixture.expected is not None
    parsed = fixture.run(load_parser(folder))

    assert differences(fixture.expected, outcome(parsed)) == []


@pytest.mark.parametrize(("folder", "fixture"), CASES)
def test_is_pure(folder: Folder, fixture: Fixture) -> None:
    parse = load_parser(folder)

    assert fixture.run(parse) == fixture.run(parse)


@each_connector
@pytest.mark.parametrize("payload", NOT_A_PAYLOAD, ids=lambda payload: repr(payload[:12]))
def test_what_is_no_payload_is_reported(name: str, payload: bytes) -> None:
    parsed = read(load_parser(CONNECTORS[name]), payload)

    assert not parsed.scans
    assert parsed.unread or parsed.errors


@each_connector
@settings(max_examples=30, deadline=None)
@given(payload=st.binary(max_size=200))
def test_random_bytes_never_raise(name: str, payload: bytes) -> None:
    parsed = read(load_parser(CONNECTORS[name]), payload)

    assert not parsed.scans


@pytest.mark.parametrize(("folder", "fixture"), CASES)
def test_a_payload_cut_off_never_raises(folder: Folder, fixture: Fixture) -> None:
    parse = load_parser(folder)
    for cut in range(1, len(fixture.payload), max(1, len(fixture.payload) // 12)):
        read(parse, fixture.payload[:cut])


@pytest.mark.parametrize(("folder", "fixture"), CASES)
def test_a_broken_row_loses_no_other(folder: Folder, fixture: Fixture) -> None:
    parse = load_parser(folder)
    context = fixture_context(fixture)
    whole = read(parse, fixture.payload, context)
    for without, broken in broken_rows(fixture.payload):
        rest, left = read(parse, without, context), read(parse, broken, context)
        assert not scan_keys(rest) - scan_keys(left), broken[:500]
        if scan_keys(whole) - scan_keys(rest):
            assert len(left.unread) > len(rest.unread), broken[:500]


@each_connector
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_mutated_payloads_never_raise(name: str, data: st.DataObject) -> None:
    folder = CONNECTORS[name]
    trees = [tree for fixture in fixtures(folder) if (tree := as_json(fixture.payload)) is not None]
    if not trees:
        pytest.skip("no JSON fixtures")
    tree = copy.deepcopy(data.draw(st.sampled_from(trees)))
    for _ in range(data.draw(st.integers(1, 4))):
        mutate(tree, data)

    read(load_parser(folder), json.dumps(tree).encode())


def fixture_context(fixture: Fixture) -> ParseContext:
    given_context = (fixture.expected or {}).get("context", {})
    return ParseContext(received_at=CONTEXT.received_at, **given_context)


def scan_keys(parsed: Parsed) -> Counter[tuple[str, str, str | None]]:
    """Promises are left out: they rest on the whole payload, not on a row."""
    return Counter(
        (scan.number, scan.occurred_at.isoformat(), scan.text)
        for scan in parsed.scans
        if scan.code != "promise"
    )


def as_json(payload: bytes) -> Any:
    try:
        tree = json.loads(payload)
    except ValueError:
        return None
    return tree if isinstance(tree, dict | list) else None


def broken_rows(payload: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Pairs of a payload without one row and with that row broken, for every list in it."""
    tree = as_json(payload)
    if tree is not None:
        yield from broken_json_rows(tree)
    elif payload.lstrip().startswith(b"<"):
        yield from broken_xml_rows(payload)


def broken_json_rows(tree: Any) -> Iterator[tuple[bytes, bytes]]:
    for rows in lists_in(tree):
        for index in {0, len(rows) // 2, len(rows) - 1}:
            row = rows.pop(index)
            without = json.dumps(tree).encode()
            for garbage in (None, 42, "garbage", [], {}, spoiled(row)):
                rows.insert(index, garbage)
                yield without, json.dumps(tree).encode()
                rows.pop(index)
            rows.insert(index, row)


def lists_in(tree: Any) -> Iterator[list[Any]]:
    """Every list of at least two objects."""
    children = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    if isinstance(tree, list) and len(tree) > 1 and all(isinstance(row, dict) for row in tree):
        yield tree
    for child in list(children):
        yield from lists_in(child)


def spoiled(row: Any) -> Any:
    """The row with every value of the wrong type."""
    if isinstance(row, dict):
        return {key: spoiled(value) for key, value in row.items()}
    return {"garbage": [None]} if not isinstance(row, list) else "garbage"


def broken_xml_rows(payload: bytes) -> Iterator[tuple[bytes, bytes]]:
    try:
        root = ElementTree.fromstring(payload)
    except (ElementTree.ParseError, ValueError):
        return
    for parent in root.iter():
        tags = Counter(child.tag for child in parent)
        rows = [child for child in parent if tags[child.tag] > 1 and (len(child) or child.attrib)]
        for row in rows[:: max(1, len(rows) // 3)]:
            index = list(parent).index(row)
            parent.remove(row)
            without = ElementTree.tostring(root)
            parent.insert(index, ElementTree.Element(row.tag))
            yield without, ElementTree.tostring(root)
            parent[index] = row


def mutate(tree: Any, data: st.DataObject) -> None:
    """Replaces one node, chosen at random, by garbage."""
    node: Any = tree
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        child = node[key]
        if not isinstance(child, dict | list) or not child or data.draw(st.integers(0, 3)) == 0:
            node[key] = copy.deepcopy(data.draw(st.sampled_from(GARBAGE)))
            return
        node = child
