"""One slice a turn: a question between many batches waits for one of them, not for all."""

from __future__ import annotations

import asyncio

from milepost.engine.turnstile import Turnstile
from patience import PATIENCE_S


def test_one_passes_a_turn_and_in_the_order_of_coming() -> None:
    async def told() -> list[str]:
        turnstile, heard = Turnstile(), []

        async def batch(name: str) -> None:
            for _ in range(2):
                await turnstile.turn()
                heard.append(name)

        async def question() -> None:
            for _ in range(12):
                heard.append("?")
                await asyncio.sleep(0)

        await asyncio.gather(batch("a"), batch("b"), batch("c"), question())
        return heard

    heard = asyncio.run(told())
    assert [one for one in heard if one != "?"] == ["a", "a", "b", "c", "b", "c"]
    # Between two slices the question gets its turn.
    slices = "".join("?" if one == "?" else "s" for one in heard)
    assert "ss" not in slices


def test_who_gave_up_does_not_hold_up_those_behind() -> None:
    async def passed() -> bool:
        turnstile = Turnstile()
        passing = asyncio.create_task(turnstile.turn())
        gone = asyncio.create_task(turnstile.turn())
        behind = asyncio.create_task(turnstile.turn())
        await asyncio.sleep(0)
        gone.cancel()
        await passing
        await behind
        await asyncio.sleep(0)
        await turnstile.turn()  # and it is free again
        return gone.cancelled()

    assert asyncio.run(passed())


def test_a_lone_batch_waits_for_nobody() -> None:
    async def turns() -> int:
        turnstile, before = Turnstile(), 0
        loop = asyncio.get_running_loop()

        def count() -> None:
            nonlocal before
            before += 1
            loop.call_soon(count)

        loop.call_soon(count)
        await turnstile.turn()
        return before

    assert asyncio.run(turns()) == 0


async def test_a_slice_gives_way_to_a_question_until_it_is_answered() -> None:
    turnstile, heard = Turnstile(), []

    async def batch() -> None:
        await turnstile.turn()
        heard.append("slice")

    turnstile.asked()
    walking = asyncio.create_task(batch())
    for _ in range(5):
        await asyncio.sleep(0)
    heard.append("answer")
    turnstile.answered()
    await walking
    await turnstile.turn()  # and it is free again
    assert heard == ["answer", "slice"]


async def test_a_slice_passes_in_the_end_however_many_questions_there_are() -> None:
    turnstile, passed = Turnstile(), 0

    async def batch() -> None:
        nonlocal passed
        for _ in range(3):
            await turnstile.turn()
            passed += 1

    turnstile.asked()
    await asyncio.wait_for(batch(), PATIENCE_S)
    assert passed == 3
    turnstile.answered()
