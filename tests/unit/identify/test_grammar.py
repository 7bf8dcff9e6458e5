from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.identify import grammar
from milepost.identify.background import DIGITS, MIXED
from milepost.identify.formats import load_formats
from milepost.identify.patterns import parse


@pytest.mark.parametrize(
    ("regex", "masses"),
    [
        (r"\d{3}", {3: 1.0}),
        (r"7[3-68]\d", {3: 0.05}),
        (r"(?:51|60)\d", {3: 0.02}),
        (r"1\d{1,2}", {2: 0.1, 3: 0.1}),
        (r"9(?P<serial>\d)?", {1: 0.1, 2: 0.1}),
        (r"A\d", {2: 0.0}),
    ],
)
def test_mass_of_random_digits(regex: str, masses: dict[int, float]) -> None:
    assert grammar.masses(parse(regex), DIGITS) == pytest.approx(masses)


def test_mixed_odds_sum_to_one() -> None:
    assert sum(MIXED.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    "regex", ["(?=9)1", "a", ".", "1*", "1{2,}", "(1", "1)", "[1", "^1", r"\w", "(?P<x>1)+"]
)
def test_what_is_not_supported_is_refused(regex: str) -> None:
    with pytest.raises(grammar.GrammarError):
        parse(regex)


def test_group_and_first_characters() -> None:
    tree = parse(r"(?:4\d)?(?P<check>[0-9A-B])|X")

    assert grammar.group(tree, "check") == grammar.Chars("0123456789AB")
    assert grammar.group(tree, "serial") is None
    assert grammar.first(tree) == set("0123456789ABX")


@given(st.data())
def test_index_finds_what_the_regex_matches(data: st.DataObject) -> None:
    formats = load_formats()
    one = data.draw(st.sampled_from([one for row in formats.formats.values() for one in row]))
    regex = data.draw(st.sampled_from(one.patterns)).regex
    number = data.draw(st.from_regex(re.compile(regex, re.ASCII), fullmatch=True))

    assert any(rule.regex == regex for rule in formats.rules_for(number))
