from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from milepost.carriers.toolkit.collect import Collector, ScanError
from milepost.carriers.toolkit.decoding import PayloadError
from milepost.carriers.toolkit.payload import (
    everywhere,
    need_number,
    read_payload,
    read_tree,
    rows_at,
)
from milepost.domain.scan import ParseContext, Scan

RECEIVED_AT = datetime(2026, 3, 1, tzinfo=UTC)
CONTEXT = ParseContext(received_at=RECEIVED_AT)
ASKED = ParseContext(received_at=RECEIVED_AT, number="B-2")


def test_reads_json_and_xml_alike() -> None:
    assert read_tree(b'{"a": {"b": "1"}}') == {"a": {"b": "1"}}
    assert read_tree(b"<x:a xmlns:x='u'><b>1</b></x:a>") == {"a": {"b": "1"}}


@pytest.mark.parametrize("payload", [b"", b"<a", b"<a><b></a>", b"nonsense", b"<" * 9])
def test_refuses_what_is_neither(payload: bytes) -> None:
    with pytest.raises(PayloadError):
        read_tree(payload)


def test_xml_nested_without_end_is_refused() -> None:
    with pytest.raises(PayloadError):
        read_tree(b"<a>" * 50_000 + b"</a>" * 50_000)


def test_finds_rows_at_any_depth_in_order() -> None:
    data = {"x": [{"row": 1}, {"y": {"row": [2, 3]}}], "row": {"row": "inner"}, "z": {"row": ""}}

    assert everywhere(data, "row") == [{"row": "inner"}, 1, 2, 3]


def test_one_row_alone_is_a_list_of_one() -> None:
    assert rows_at({"a": {"b": 1}}, "a") == [{"b": 1}]
    assert rows_at({"b": 1}, "") == [{"b": 1}]
    assert rows_at({"a": [], "b": [1]}, "a", "b") == [1]


@pytest.mark.parametrize("nothing", [None, "", [], {"@nil": "true"}])
def test_nothing_is_no_row(nothing: Any) -> None:
    assert rows_at({"a": nothing}, "a") == []


@pytest.mark.parametrize("wrong", ["text", 7, True])
def test_a_list_of_the_wrong_type_does_not_vanish(wrong: Any) -> None:
    with pytest.raises(ScanError):
        rows_at({"a": wrong}, "a")
    assert rows_at({"a": wrong}, "a", strict=False) == [wrong]


@pytest.mark.parametrize(
    ("row", "context", "number"),
    [
        ({"n": "A-1", "m": "b-2"}, CONTEXT, "A-1"),
        ({"n": "A-1", "m": "b-2"}, ASKED, "B-2"),
        ({"n": "A-1"}, ASKED, "A-1"),
        ({"n": 7}, CONTEXT, "7"),
        ({}, ASKED, "B-2"),
    ],
)
def test_picks_the_number(row: Any, context: ParseContext, number: str) -> None:
    assert need_number(row, ("n", "m"), context) == number


@pytest.mark.parametrize("row", [None, "x", {}, {"n": " "}])
def test_a_shipment_without_number_is_no_shipment(row: Any) -> None:
    with pytest.raises(ScanError):
        need_number(row, ("n",), CONTEXT)


def test_one_walk_that_fails_leaves_the_others() -> None:
    def good(data: Any, out: Collector, context: ParseContext) -> None:
        out.scans.append(Scan(number=data["n"], occurred_at=context.received_at))

    def bad(data: Any, out: Collector, context: ParseContext) -> None:
        raise KeyError("gone")

    parsed = read_payload(b'{"n": "A"}', CONTEXT, bad, good)

    assert [scan.number for scan in parsed.scans] == ["A"]
    assert [piece.reason for piece in parsed.unread] == ["KeyError: 'gone'"]


def test_a_payload_in_which_nothing_is_found_is_reported() -> None:
    parsed = read_payload(b'{"other": 1}', CONTEXT)

    assert [piece.reason for piece in parsed.unread] == ["no tracking data in it"]


@pytest.mark.parametrize(
    "answer",
    [
        {"events": {"event": [{"n": 1}, {"n": 2}]}},
        {"events": [{"event": {"n": 1}}, {"event": [{"n": 2}]}]},
        {"events": [{"event": [{"n": 1}, {"n": 2}]}]},
        {"events": {"event": [[{"n": 1}, {"n": 2}]]}},
        {"events": {"event": '[{"n": 1}, {"n": 2}]'}},
    ],
    ids=["plain", "two containers", "container in a list", "list in a list", "JSON as text"],
)
def test_rows_are_found_however_they_are_wrapped(answer: Any) -> None:
    assert rows_at(answer, "events.event") == [{"n": 1}, {"n": 2}]


def test_text_that_only_looks_like_a_list_does_not_vanish() -> None:
    with pytest.raises(ScanError):
        rows_at({"a": "[broken"}, "a")
