"""What whole roads add up to."""

from __future__ import annotations

import random

import pytest

from milepost.domain.advance import advance
from milepost.domain.marks import EMPTY, HAS_UNKNOWN, REOPENED, RETRACTION, Mark, header_of
from milepost.domain.settle import ASK, KEEP, MAIN, MOVE, PLAIN, STAY, Standing, step
from milepost.domain.status import BY_CODE, SUB_CODE

HOUR = 3600
START = 1_790_000_000


def road(*subs: str, leg: int = 1, start: int = 0, gap: int = 2 * HOUR) -> list[Mark]:
    """Events of one leg, two hours apart."""
    return [
        Mark(1000 * leg + start + index + 100_000, START + start + index * gap, leg,
             SUB_CODE[sub], 0)
        for index, sub in enumerate(subs)
    ]  # fmt: skip


def status(events: list[Mark], references: dict[int, int] | None = None) -> str:
    shuffled = random.Random(1).sample(events, len(events))
    return BY_CODE[header_of(advance(EMPTY, shuffled, references or {})).code].sub


@pytest.mark.parametrize(
    ("subs", "expected"),
    [
        (["info_received.created", "picked_up", "in_transit.moving"], "in_transit.moving"),
        (["in_transit.moving", "info_received.created"], "in_transit.moving"),
        (["in_transit.arrived_hub", "picked_up"], "in_transit.arrived_hub"),
        (["exception.general", "picked_up"], "picked_up"),
        (["out_for_delivery", "delivered", "in_transit.departed_facility"], "delivered"),
        (["delivered", "delivered.signature"], "delivered.signature"),
        (["delivered.signature", "delivered"], "delivered.signature"),
        (["delivered", "out_for_delivery"], "out_for_delivery"),
        (["delivered", "returning", "delivered"], "returned"),
        (["returning", "in_transit.moving"], "returning"),
        (["returning", "in_transit.problem_resolved"], "in_transit.problem_resolved"),
        (["returning", "exception.lost"], "exception.lost"),
        (["returned", "in_transit.moving"], "returned"),
        (["in_transit.moving", "unknown"], "in_transit.moving"),
        (["attempt_failed", "in_transit.arrived_hub"], "in_transit.arrived_hub"),
        (["exception.lost", "in_transit.arrived_hub"], "in_transit.arrived_hub"),
        (["unknown"], "unknown"),
        (["info_received.created", "pending"], "info_received.created"),
    ],
)
def test_status_of_a_road(subs: list[str], expected: str) -> None:
    assert expected == status(road(*subs))


def test_a_scan_minutes_after_delivery_does_not_reopen_it() -> None:
    assert status(road("delivered", "out_for_delivery", gap=600)) == "delivered"


def test_the_next_carrier_carries_on_after_the_first_has_handed_in() -> None:
    first = road("picked_up", "delivered", leg=1)
    second = road("in_transit.arrived_hub", leg=2, start=10 * HOUR)

    assert status(first + second) == "in_transit.arrived_hub"


def test_a_mirror_of_an_earlier_leg_does_not_undo_delivery() -> None:
    first = road("picked_up", "in_transit.moving", leg=1)
    second = road("out_for_delivery", "delivered", leg=2, start=10 * HOUR)
    late = road("in_transit.moving", leg=1, start=20 * HOUR)

    assert status(first + second + late) == "delivered"


def test_a_retracted_delivery_is_none_and_a_retracted_retraction_is_none_either() -> None:
    events = road("out_for_delivery", "delivered")
    taker = Mark(7, START + 9 * HOUR, 1, RETRACTION, 0)
    taker_of_taker = Mark(8, START + 10 * HOUR, 1, RETRACTION, 0)
    references = {7: events[1].fingerprint}

    assert status([*events, taker], references) == "out_for_delivery"
    assert status([*events, taker, taker_of_taker], references | {8: 7}) == "delivered"


def test_a_correction_takes_the_place_of_what_it_corrects() -> None:
    events = road("out_for_delivery", "delivered")
    correction = Mark(7, START + 3 * HOUR, 1, SUB_CODE["attempt_failed.no_contact"], 0)

    assert status([*events, correction], {7: events[1].fingerprint}) == "attempt_failed.no_contact"


def test_flags_tell_of_unread_codes_reopening_and_attempts() -> None:
    events = road("unknown", "attempt_failed", "attempt_failed.refused", "delivered",
                  "attempt_failed")  # fmt: skip
    header = header_of(advance(EMPTY, events))

    assert header.flags == HAS_UNKNOWN | REOPENED
    assert header.attempts == 3


def test_the_table_of_plain_steps_says_what_step_does() -> None:
    asked = 0
    for now in BY_CODE:
        for code in BY_CODE:
            way = PLAIN[now][code]
            before = Standing(now, 10, 1, 1)
            after = step(before, Mark(2, 50, 1, code, 0), known_leg=True)
            expected = {
                KEEP: before,
                STAY: Standing(code, 10, 2, 1),
                MOVE: Standing(code, 50, 2, 1),
                ASK: after,
            }[way]
            asked += way == ASK
            assert expected == after, (BY_CODE[now].sub, BY_CODE[code].sub)
            assert way == ASK or MAIN[now] not in {"delivered", "returning", "returned"}
    assert asked < len(BY_CODE) ** 2 / 2
