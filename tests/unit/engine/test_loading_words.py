"""What a scan that names its container says of being in it."""

from __future__ import annotations

import pytest

from milepost.engine.loading_words import said_of, status_of


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Loaded on vehicle", "add"),
        ("Packed into cage 7", "add"),
        ("快件已装车，发往下一站", "add"),
        ("包裹已装袋", "add"),
        ("Verladen", "add"),
        ("Unloaded from trailer", "remove"),
        ("快件已卸车", "remove"),
        ("已拆包", "remove"),
        ("Ausgeladen", "remove"),
        ("Could not be loaded: awaiting loading", "seen"),
        ("快件未装车", "seen"),
        ("Departed facility", "seen"),
        ("Freight charges were paid", "seen"),
    ],
)
def test_texts(text: str, said: str) -> None:
    assert said_of(None, "in_transit.moving", text, "in_transit") == said


def test_an_action_counts_more_than_a_code_and_that_more_than_a_text() -> None:
    assert said_of("unload", "loaded", "Loaded on vehicle", "in_transit") == "remove"
    assert said_of(None, "UNLOADED", "Loaded on vehicle", "in_transit") == "remove"


@pytest.mark.parametrize(
    ("main", "said"),
    [("out_for_delivery", "add"), ("delivered", "out"), ("in_transit", "seen"), ("", "seen")],
)
def test_a_status_tells_where_no_word_does(main: str, said: str) -> None:
    assert said_of(None, None, None, main) == said


def test_actions_give_a_status() -> None:
    assert status_of("Deliver_Run") == "out_for_delivery"
    assert status_of("unload") == "in_transit.arrived_hub"
    assert status_of("levitate") is None
