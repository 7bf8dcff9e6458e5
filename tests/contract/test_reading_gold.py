"""The reader on real scan texts labelled by hand (kept outside the repository)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from milepost.reading import find_personal, read
from milepost.reading.scoring import Report, score
from shared import shared


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    text = shared("data/trace_gold_dev.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def report(rows: list[dict[str, Any]]) -> Report:
    return score(rows)


def test_main_is_right(report: Report) -> None:
    assert report.overall.lenient / report.overall.n >= 0.97


def test_sub_is_right(report: Report) -> None:
    assert report.overall.sub_right / report.overall.sub_scored >= 0.95


def test_nothing_is_falsely_called_delivered(report: Report) -> None:
    assert report.overall.false_delivered == 0


def test_what_is_no_event_is_not_read(report: Report) -> None:
    assert report.overall.non_events_read == 0


def test_places_are_found(report: Report) -> None:
    overall = report.overall

    assert overall.place_right / overall.place_scored >= 0.9
    assert overall.next_right / overall.next_scored >= 0.9


def test_phones_are_marked(rows: list[dict[str, Any]]) -> None:
    with_phone = [row["text"] for row in rows if row.get("phone_in_text")]
    found = sum(any(s.kind == "phone" for s in find_personal(text)) for text in with_phone)

    assert found / len(with_phone) >= 0.98


def test_no_phone_is_seen_where_there_is_none(rows: list[dict[str, Any]]) -> None:
    wrong = [
        row["text"]
        for row in rows
        if not row.get("phone_in_text") and not row.get("non_event")
        if any(span.kind == "phone" for span in find_personal(row["text"]))
    ]

    assert wrong == []


def test_names_are_marked(rows: list[dict[str, Any]]) -> None:
    named = [row for row in rows if row.get("person_in_text") and not row.get("non_event")]
    found = [any(s.kind == "name" for s in read(row["text"]).personal) for row in named]

    assert sum(found) / len(found) >= 0.75
