"""Raw payloads without some numbers: what is left is what did not speak of them."""

from __future__ import annotations

import json

import pytest

from milepost.engine.withdrawing import without

GONE, KEPT = "YT8000000000101", "YT8000000000202"


def left(body: object, kind: str = "application/json") -> object:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    found = without(data, kind, [GONE])
    assert found is not None
    return json.loads(found) if found else None


def test_a_list_loses_the_items_that_speak_of_it() -> None:
    body = [{"number": GONE, "text": "a"}, {"number": KEPT, "text": "b"}]
    assert left(body) == [{"number": KEPT, "text": "b"}]


def test_a_list_deeper_down_does_so_too() -> None:
    body = {"event": "x", "data": [{"nu": GONE, "data": [{"context": "a"}]}, {"nu": KEPT}]}
    assert left(body) == {"event": "x", "data": [{"nu": KEPT}]}


def test_what_stands_around_it_goes_with_it() -> None:
    assert left({"result": {"nu": GONE}, "receiver": {"name": "made up"}}) is None
    inside = [{"pieces": [{"number": GONE}], "receiver": "made up"}, {"pieces": []}]
    assert left(inside) == [{"pieces": []}]


@pytest.mark.parametrize("spelt", ["YT 8000 0000 00101", "yt8000000000101", "no. YT8000000000101."])
def test_a_number_is_known_however_it_is_spelt(spelt: str) -> None:
    assert left([{"number": spelt}, {"number": KEPT}]) == [{"number": KEPT}]


def test_lines_go_one_by_one() -> None:
    lines = f'{{"number": "{GONE}"}}\n{{"number": "{KEPT}"}}\n'.encode()
    assert without(lines, "application/x-ndjson", [GONE]) == f'{{"number": "{KEPT}"}}\n'.encode()
    table = f"number,name\n{GONE},made up\n{KEPT},also\n".encode()
    assert without(table, "text/csv", [GONE]) == f"number,name\n{KEPT},also\n".encode()


@pytest.mark.parametrize("body", [f"<a><n>{GONE}</n>\n<name>x</name></a>", f"nu={GONE}&name=x"])
def test_what_cannot_be_told_apart_goes_as_a_whole(body: str) -> None:
    assert without(body.encode(), "application/xml", [GONE]) == b""


def test_what_never_spoke_of_it_is_not_touched() -> None:
    assert without(json.dumps([{"number": KEPT}]).encode(), None, [GONE]) is None
