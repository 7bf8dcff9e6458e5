"""Who is told: of which parcels an announcement is written at all."""

from __future__ import annotations

from random import Random

import pytest

from milepost.engine.announce import Audience
from milepost.engine.delivery import Wanted
from milepost.engine.following import FEWEST_RECENT, Followed

ADDED, CHANGED = "shipment.event_added", "shipment.status_changed"


def test_what_is_followed_is_found_however_it_came() -> None:
    draw = Random(7)
    keys = [draw.randrange(-(2**63), 2**63) for _ in range(3 * FEWEST_RECENT)]
    followed = Followed()

    followed.pack(sorted(keys[:FEWEST_RECENT]))
    for key in keys:
        followed.add(key)

    assert all(key in followed for key in keys)
    assert len(followed) == len(keys)
    assert not any(key + 1 in followed for key in keys)
    assert "no key" not in followed


def test_those_added_while_many_are_packed_stay() -> None:
    followed = Followed()
    followed.add(5)
    followed.pack([1, 5, 9])

    assert (len(followed), [one for one in range(10) if one in followed]) == (3, [1, 5, 9])


@pytest.mark.parametrize(
    ("road", "told"), [(7, True), (8, True), (9, False)], ids=["followed", "linked", "other"]
)
def test_only_of_followed_parcels_is_written(road: int, told: bool) -> None:
    audience = Audience(linked={8})
    audience.set({1: Wanted(frozenset(), {}, followed=frozenset({ADDED}))})
    audience.followed = {7}

    assert audience.wants(1, ADDED, "QX81", road) is told
    assert not audience.wants(1, CHANGED, "QX81", road)
    assert not audience.wants(2, ADDED, "QX81", road)


def test_all_count_while_it_is_not_known_which_are_followed() -> None:
    audience = Audience()
    audience.set({1: Wanted(frozenset(), {}, followed=frozenset({ADDED}))})

    assert audience.wants(1, ADDED, "QX81", 9)


def test_a_subscription_of_everything_or_of_a_number_is_told_beside() -> None:
    audience = Audience()
    numbers = {CHANGED: frozenset({"QX81"})}
    audience.set({1: Wanted(frozenset({"alert.opened"}), numbers, followed=frozenset({ADDED}))})
    audience.followed = set()

    assert audience.wants(1, "alert.opened", "QX82", 9)
    assert audience.wants(1, CHANGED, "QX81", 9)
    assert not audience.wants(1, CHANGED, "QX82", 9)
    assert not audience.wants(1, ADDED, "QX81", 9)
