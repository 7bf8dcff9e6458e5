"""Every rule proves itself: its examples are read as its status, its counter-examples are not."""

from __future__ import annotations

import pytest

from milepost.domain.status import main_of
from milepost.reading import read
from milepost.reading.decide import decide
from milepost.reading.normalise import normalise
from milepost.reading.rulebook import Rule, Rulebook
from milepost.reading.rulefiles import load, load_carriers, rules_of

RULES = load()
EXAMPLES = [(rule, text) for rule in RULES for text in rule.examples]
COUNTERS = [(rule, text) for rule in RULES for text in rule.counter]


def test_every_rule_has_an_example() -> None:
    assert [rule.name for rule in RULES if not rule.examples] == []


def test_examples_are_read_as_their_rule_says() -> None:
    wrong = [
        (rule.name, text, got.sub, got.rule)
        for rule, text in EXAMPLES
        if (got := read(text)).main != main_of(rule.sub)
    ]

    assert wrong == []


def test_most_examples_are_decided_by_their_own_rule() -> None:
    own = sum(read(text).rule == rule.name for rule, text in EXAMPLES)

    assert own / len(EXAMPLES) >= 0.92


def test_counter_examples_are_not_decided_by_the_rule_they_warn_of() -> None:
    wrong = [(rule.name, text) for rule, text in COUNTERS if read(text).rule == rule.name]

    assert wrong == []


def test_counter_examples_of_delivered_are_never_delivered() -> None:
    rules = [(rule, text) for rule, text in COUNTERS if rule.sub == "delivered"]
    late = ("您的快件已签收，签收人",)
    wrong = [text for _, text in rules if read(text).main == "delivered" and text not in late]

    assert wrong == []


def test_a_carriers_rules_hold_for_that_carrier_only() -> None:
    for carrier, rules in load_carriers().items():
        for rule in rules:
            for text in rule.examples:
                assert read(text, carrier=carrier).rule == rule.name
                assert read(text, carrier="nobody").rule != rule.name


def test_an_unknown_sub_is_refused() -> None:
    with pytest.raises(ValueError, match="no status"):
        rules_of({"rule": [{"sub": "in_orbit", "match": ["x"]}]}, "test")


def test_an_unknown_word_is_refused() -> None:
    with pytest.raises(ValueError, match="no words named"):
        rules_of({"rule": [{"sub": "delivered", "match": ["<nothing>"]}]}, "test")


def test_patterns_do_not_tell_digits_apart() -> None:
    """Digits are masked as 0 before matching, so a pattern that names another never matches."""
    named = [
        (rule.name, pattern)
        for rule in RULES
        for pattern in (*rule.match, *rule.unless)
        if _names_a_digit(pattern)
    ]

    assert named == []


def _names_a_digit(pattern: str) -> bool:
    import re

    bare = re.sub(r"\{\d*,?\d*\}|\\d|\[0-9\]|\\x..|\d{0,3}(?=\})", "", pattern)
    return bool(re.search(r"[1-9]", bare))


def test_of_two_rules_of_one_rank_the_code_decides() -> None:
    rules = [
        Rule("a.in_transit.moving", "in_transit.moving", 5, ("moved",)),
        Rule("a.delivered", "delivered", 5, ("moved",)),
    ]
    held = [item.rule.sub for item in Rulebook(rules).candidates("moved") if item.holds("moved")]

    assert held == ["in_transit.moving", "delivered"]


def test_the_text_wins_over_the_code() -> None:
    rule = decide(normalise("In transit"), None, "DELIVERED")

    assert rule is not None
    assert rule.sub == "in_transit.moving"
