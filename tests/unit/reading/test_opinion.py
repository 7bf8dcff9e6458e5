"""The second opinion: what it may say, when it is silent, and what it does not believe."""

from __future__ import annotations

from importlib.resources import files

import pytest

from milepost.reading import read
from milepost.reading.normalise import normalise
from milepost.reading.opinion import SAYS, opinion, other_than_delivered

TABLE = files("milepost.reading") / "opinion.tsv"


def test_it_says_nothing_final() -> None:
    assert {main for main, sub in SAYS.items() if sub is None} == {
        "unknown",
        "delivered",
        "returned",
    }


def test_its_table_is_small_and_whole() -> None:
    lines = TABLE.read_text("utf-8").splitlines()

    assert len("\n".join(lines).encode()) < 1_000_000
    assert {len(line.split("\t")) for line in lines[1:]} == {2}


@pytest.mark.parametrize(
    "text",
    ["Zzyzx qwfp luy", "Blue ceramic teapot, 2 pieces", "", "0000", "羽绒被套装四件", "Delivered"],
)
def test_of_strange_words_it_has_no_opinion(text: str) -> None:
    assert opinion(normalise(text)) is None


@pytest.mark.parametrize(
    "text",
    ["Delivered to connecting carrier", "Parcel delivered to our sort facility for transport"],
)
def test_it_does_not_believe_a_delivery_to_a_company(text: str) -> None:
    rule = other_than_delivered(normalise(text))

    assert rule is not None
    assert rule.sub.startswith("in_transit")


@pytest.mark.parametrize(
    "text",
    [
        "Delivered to the recipient",
        "您的快件已签收，签收人：本人",
        "Zugestellt",
        "Livré au destinataire",
    ],
)
def test_it_believes_a_delivery(text: str) -> None:
    assert other_than_delivered(normalise(text)) is None
    assert read(text).main == "delivered"


def test_a_rule_goes_before_it() -> None:
    rule = read("Out for delivery").rule

    assert rule is not None
    assert not rule.startswith("words.")
