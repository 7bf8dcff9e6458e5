from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.engine.splitting import split_array

TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@settings(max_examples=50)
@given(st.lists(TREES), st.sampled_from([None, 2]), st.booleans())
def test_takes_any_array_apart(rows: list[Any], indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(rows, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "replace")

    assert [json.loads(item) for item in split_array(text) or []] == json.loads(text)


BROKEN = [b"NaN", b'{"a" 1}', b'{"a":[1}]', b'"\\ud800"', b'"a\x01"', b"{1: 2, 3}"]


@pytest.mark.parametrize("bad", BROKEN)
def test_what_is_broken_costs_itself_only(bad: bytes) -> None:
    text = b'[{"a":"x,]}"},%s, [1,2],]' % bad

    assert split_array(text) == [b'{"a":"x,]}"}', bad, b"[1,2]"]


@pytest.mark.parametrize(
    "text", [b"", b"[", b"[1", b"[1,", b"{}", b"[1] 2", b"[[[]", b'["a', b'[{"a":']
)
def test_what_has_no_end_is_no_array(text: bytes) -> None:
    assert split_array(text) is None


@pytest.mark.parametrize("flood", [b"[", b"{", b'{"a",', b'[["', b"\xff", b"NaN,", b'"'])
def test_a_flood_is_given_up(flood: bytes) -> None:
    assert split_array(b"[" + flood * 300_000) is None
