"""The hash is the same for the same event, however it is written."""

from __future__ import annotations

import random
from typing import Any

import pytest
from epcis_events import HUB, OWN, PARCEL, document, raw
from hypothesis import given
from hypothesis import strategies as st

from milepost.epcis.documents import read_value
from milepost.epcis.hashing import event_hash, is_event_hash
from milepost.epcis.prehash import prehash
from milepost.epcis.vocabulary import PREFIXES

KNOWN = {**PREFIXES, "ext1": "https://ns.example.org/a/"}


def full(**more: Any) -> dict[str, Any]:
    reports = [{"type": "Temperature", "value": 4.50, "uom": "CEL"},
               {"type": "RelativeHumidity", "value": 55, "uom": "P1"}]  # fmt: skip
    return raw(
        bizStep="shipping",
        readPoint={"id": HUB, "ext1:gate": "A7"},
        epcList=[PARCEL, "urn:epc:id:grai:6901234.12345.77"],
        sensorElementList=[{"sensorReport": reports}],
        **{"ext1:list": ["b", "a"], "ext1:deep": {"ext1:z": "1", "ext1:b": "+5.0"}},
        **more,
    )


def test_the_string_that_is_hashed() -> None:
    assert prehash(full(), KNOWN) == (
        "eventType=ObjectEventeventTime=2026-05-02T02:00:00.000ZeventTimeZoneOffset=+08:00"
        "epcListepc=https://id.gs1.org/00/069012340000000177"
        "epc=https://id.gs1.org/8003/0690123412345677action=OBSERVE"
        "bizStep=https://ref.gs1.org/cbv/BizStep-shipping"
        "readPointid=https://id.gs1.org/414/6901234000016{https://ns.example.org/a/}gate=A7"
        "sensorElementListsensorElement"
        "sensorReporttype=https://gs1.org/voc/RelativeHumidityvalue=55uom=P1"
        "sensorReporttype=https://gs1.org/voc/Temperaturevalue=4.5uom=CEL"
        "{https://ns.example.org/a/}deep{https://ns.example.org/a/}b=5{https://ns.example.org/a/}z=1"
        "{https://ns.example.org/a/}list=a{https://ns.example.org/a/}list=b"
    )


@given(st.integers(0, 2**32))
def test_order_counts_nowhere(seed: int) -> None:
    dice = random.Random(seed)
    shuffled = _shuffled(full(), dice)

    assert event_hash(shuffled, KNOWN) == event_hash(full(), KNOWN)


def _shuffled(value: Any, dice: random.Random) -> Any:
    if isinstance(value, dict):
        items = list(value.items())
        dice.shuffle(items)
        return {name: _shuffled(one, dice) for name, one in items}
    if isinstance(value, list):
        mixed = [_shuffled(one, dice) for one in value]
        dice.shuffle(mixed)
        return mixed
    return value


@pytest.mark.parametrize(
    "more",
    [
        {"recordTime": "2026-05-03T00:00:00Z"},
        {"eventID": "urn:uuid:1"},
        {"errorDeclaration": {"declarationTime": "2026-05-03T00:00:00Z"}},
        {"rdfs:comment": "a note"},
        {"eventTime": "2026-05-02T02:00:00.0001Z"},
        {"bizStep": "https://ref.gs1.org/cbv/BizStep-shipping"},
        {"bizStep": "urn:epcglobal:cbv:bizstep:shipping"},
        {"readPoint": {"id": "https://example.org/414/6901234000016", "ext1:gate": "A7"}},
    ],
)
def test_what_does_not_count(more: dict[str, Any]) -> None:
    assert event_hash({**full(), **more}, KNOWN) == event_hash(full(), KNOWN)


@pytest.mark.parametrize(
    "more",
    [
        {"eventTime": "2026-05-02T02:00:00.001Z"},
        {"eventTimeZoneOffset": "+09:00"},
        {"action": "ADD"},
        {"ext1:list": ["a"]},
        {"readPoint": {"id": HUB}},
    ],
)
def test_what_counts(more: dict[str, Any]) -> None:
    assert event_hash({**full(), **more}, KNOWN) != event_hash(full(), KNOWN)


def test_prefixes_are_only_names() -> None:
    other = {**PREFIXES, "mine": "https://ns.example.org/a/"}
    renamed = {name.replace("ext1:", "mine:"): value for name, value in raw().items()}

    assert event_hash({**renamed, "mine:a": "1"}, other) == event_hash(
        {**raw(), "ext1:a": "1"}, KNOWN
    )


def test_fields_that_a_repository_added_are_left_out() -> None:
    given_document = document(raw(**{"ext1:added": "1"}), **{"ext1:ignoreFields": ["ext1:added"]})
    found = read_value(given_document)

    assert event_hash(found.events[0][1], found.prefixes, found.ignored) == event_hash(raw())


@pytest.mark.parametrize(
    ("text", "expected"),
    [("007", "7"), ("+5.10", "5.1"), ("-0.0", "0"), ("1e3", "1000"), (".5", "0.5"), ("1_0", "1_0"),
     ("12345678901234567890", "12345678901234567890"), ("nan", "nan"), ("2026-05-02", "2026-05-02"),
     ("1e999999", "1e999999"), ("-", "-")],
)  # fmt: skip
def test_numbers_have_one_form(text: str, expected: str) -> None:
    assert prehash(raw(**{f"{OWN}x": text})).endswith(f"={expected}")


def test_other_algorithms() -> None:
    assert event_hash(raw(), algorithm="sha-512").startswith("ni:///sha-512;")
    assert is_event_hash(event_hash(raw()))
    assert not is_event_hash("urn:uuid:1")
