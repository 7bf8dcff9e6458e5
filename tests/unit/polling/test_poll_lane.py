"""What a lane tells of itself when several of its calls come back at once."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from milepost.engine.polling import Connection
from milepost.intake.poll.lane import Lane, Source, Tools

NOW_S = 1_000_000.0
TOMORROW_S = 3_600.0


class Store:
    """Writes take their time, the first the longest."""

    def __init__(self) -> None:
        self.written: tuple[str, int | None] | None = None
        self.delay_s = 0.05

    async def tell(self, connection: Connection) -> None:
        told = connection.state, connection.waits_until_us
        delay_s, self.delay_s = self.delay_s, 0.0
        await asyncio.sleep(delay_s)
        self.written = told


def lane(store: Store) -> Lane:
    source = SimpleNamespace(
        BASE_URL="https://source.example", RATE_PER_S=1.0, CONCURRENCY=4, SHORTEST_S=60
    )
    tools = SimpleNamespace(
        store=store, wall=lambda: NOW_S, now_us=lambda: int(NOW_S * 1e6), chance=lambda: 0.5
    )
    connection = Connection(tenant=1, source="dhl")
    return Lane(connection, cast("Source", source), cast("Tools", tools))


async def test_an_answer_that_was_under_way_does_not_end_a_wait() -> None:
    one = lane(Store())

    await one._block("budget_spent", TOMORROW_S, "The day's budget is spent.")
    await one._note("ok", None, answered=True)

    until_us = int((NOW_S + TOMORROW_S) * 1e6)
    assert (one.connection.state, one.connection.waits_until_us) == ("budget_spent", until_us)
    assert one.connection.answered_us == int(NOW_S * 1e6)


async def test_of_two_tellings_at_once_the_later_is_written_last() -> None:
    store = Store()
    one: Any = lane(store)

    await asyncio.gather(
        one._note("ok", None, answered=True),
        one._block("budget_spent", TOMORROW_S, "The day's budget is spent."),
    )

    assert store.written == ("budget_spent", one.connection.waits_until_us)
