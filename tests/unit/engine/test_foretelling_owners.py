"""The owner of a road is asked for its window; who is away is not asked again for a while."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from test_foresight_learning import DAY, START, micros, road, taught

from milepost.engine.foresight import Foresight
from milepost.engine.prospects import Asked, Prospects
from milepost.runners.foretelling import Owners, answered
from milepost.runners.peers import Peers
from milepost.runners.wire import Done, Foretell, Message

BEGAN = START + 30 * DAY
BOX = road("ASKED1", BEGAN, {0: "picked_up", 1: "in_transit.arrived_hub"})
NOW_US = micros(BEGAN + timedelta(days=2))
ASKED = Asked(1, [BOX], [0], NOW_US)


@pytest.mark.parametrize("taught_there", [True, False])
async def test_the_owner_says_what_he_has_learned(tmp_path: Path, *, taught_there: bool) -> None:
    there = taught() if taught_there else Foresight()
    one, other = Peers(0, 2, tmp_path), Peers(1, 2, tmp_path)

    async def handle(message: Message) -> Done:
        assert isinstance(message, Foretell)
        return answered(message, there)

    server = await other.serve(handle)
    owners = Owners(one)
    said = there.last_window(1, [BOX], NOW_US, [0])  # the first reads calendars, which takes long
    assert (owners.reaches(1), owners.reaches(2)) == (True, False)

    assert await owners.window(1, ASKED) == said
    told = await owners.forecasts(1, ASKED)
    assert told
    assert told[0].guess is not taught_there
    server.close()


async def test_who_is_away_is_left_alone_for_a_while(tmp_path: Path) -> None:
    prospects, here = Prospects(lambda: NOW_US), taught()
    owners = Owners(Peers(0, 2, tmp_path))
    prospects.foresight, prospects.owners = here, owners

    assert await prospects._window(1, ASKED) == here.last_window(1, [BOX], NOW_US, [0])
    assert not owners.reaches(1)
    found = await asyncio.gather(*(prospects._window(1, ASKED) for _ in range(20)))
    assert set(found) == {here.last_window(1, [BOX], NOW_US, [0])}


async def test_an_owner_that_has_not_begun_to_learn_says_nothing(tmp_path: Path) -> None:
    one, other = Peers(0, 2, tmp_path), Peers(1, 2, tmp_path)

    async def handle(message: Message) -> Done:
        assert isinstance(message, Foretell)
        return answered(message, None)

    server = await other.serve(handle)
    with pytest.raises(TimeoutError):
        await Owners(one).window(1, ASKED)
    server.close()
