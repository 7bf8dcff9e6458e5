"""One slice a turn: a question between many batches waits for one of them, not for all."""

from __future__ import annotations

import asyncio

from milepost.engine.turnstile import Turnstile


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
