"""Personal data in values without a shape of ours."""

from __future__ import annotations

from typing import Any

import pytest

from milepost.engine.redact_values import concealed, names_person


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"driverName": "Ottilie Erfunden"}, {"driverName": "O********"}),
        ({"ex:driver": {"first_name": "Ottilie", "shift": 2}},
         {"ex:driver": {"first_name": "O******", "shift": "2"}}),
        ({"phone": 13912345678}, {"phone": "1********"}),
        ({"note": "call 13912345678"}, {"note": "call 139******78"}),
        ({"note": "write to ottilie@example.org"}, {"note": "write to o********"}),
        ({"notes": ["fine", {"contact_phone": "0171 5550123"}]},
         {"notes": ["fine", {"contact_phone": "0********"}]}),
        ({"收件人": "欧蒂莉"}, {"收件人": "欧**"}),
    ],
)  # fmt: skip
def test_what_is_about_persons_is_masked(given: Any, kept: Any) -> None:
    assert concealed(given) == kept


@pytest.mark.parametrize(
    "given",
    [
        {"weight_g": 1_250, "size_mm": [300, 200, 100], "level": "sorter", "chute": "17"},
        {"condition": "dented", "asset": "truck:A1", "fast": True, "none": None},
        {"facilityName": "Hub North", "productName": "Tea", "carrierName": "YTO", "name": "Gate 3"},
        {"ex:driver": "urn:example:person:17"},
        {"addressee": ""},
    ],
)
def test_what_is_not_stays_the_very_same(given: Any) -> None:
    assert concealed(given) is given


def test_fields_of_goods_are_no_persons() -> None:
    assert not names_person("ns:lotNumber")
    assert not names_person("readPointName")
    assert names_person("{https://ns.example.org/}recipientName")


def test_nothing_is_nested_without_end() -> None:
    deep: Any = "call 13912345678"
    for _ in range(500):
        deep = [deep]
    assert "13912345678" not in str(concealed({"a": deep}))


def test_a_text_that_was_seen_before_stays_the_very_same() -> None:
    concealed({"a": {"note": "dock " + str(7)}})
    second = {"a": {"note": "dock " + str(7)}}
    assert concealed(second) is second
