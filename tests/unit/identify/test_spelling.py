from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.identify import identify, normalise

FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        (" 1z 70a-4e3 0.3 9 ", "1Z70A4E3039"),
        ("７０３１－２２０４", "70312204"),
        ("SF\u200b104\u00a0417\ufeff", "SF104417"),
        ("12\u201334\u221256", "123456"),
        ("(00)340434\x1d99", "0034043499"),
        ("#RR704152363DE.", "RR704152363DE"),
        ("jdx047713902264-1-2-", "JDX047713902264-1-2-"),
        ("1LS7141012618306-1", "1LS7141012618306-1"),
        ("DPK460912253318-12-14", "DPK460912253318-12-14"),
        ("123-456-789", "123456789"),
        ("", ""),
    ],
)
def test_one_spelling(typed: str, number: str) -> None:
    assert normalise(typed) == number


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(alphabet=st.characters(min_codepoint=0x21, max_codepoint=0x7E)))
def test_full_width_is_half_width(text: str) -> None:
    assert normalise(text.translate(FULL_WIDTH)) == normalise(text)


@given(st.text(max_size=60))
def test_never_raises_and_keeps_probabilities_honest(text: str) -> None:
    seen = identify(text)

    assert seen.number == normalise(text)
    assert sum(one.probability for one in seen.candidates) <= 1.01
    assert list(seen.candidates) == sorted(seen.candidates, key=lambda one: -one.probability)


def test_a_book_is_no_number() -> None:
    seen = identify("x1" * 5_000_000)

    assert seen.candidates == ()
    assert seen.problems == ("longer than any tracking number",)
