"""What stays is set aside, and cycles among it are found all the same."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from contextlib import suppress
from weakref import ref

import pytest

from milepost.wiring import garbage


class Ring:
    """An object in a cycle with itself."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def collector() -> Iterator[None]:
    before = gc.get_threshold()
    garbage.begin()
    yield
    garbage.end()
    gc.set_threshold(*before)


@pytest.mark.usefixtures("collector")
def test_what_has_stayed_is_not_looked_at_again() -> None:
    kept = [Ring() for _ in range(4 * garbage.YOUNG)]

    assert gc.get_freeze_count() >= len(kept)
    assert gc.get_threshold()[0] == garbage.YOUNG


@pytest.mark.usefixtures("collector")
async def test_once_an_hour_all_is_looked_at_unless_it_is_busy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(garbage, "EVERY_S", 0.01)
    monkeypatch.setattr(garbage, "AGAIN_S", 0.01)
    busy = True
    ring = Ring()
    gone = ref(ring)
    gc.freeze()
    del ring
    task = asyncio.create_task(garbage.collect_all(lambda: busy))
    await asyncio.sleep(0.1)
    assert gone() is not None
    busy = False
    for _ in range(200):
        await asyncio.sleep(0.02)
        if gone() is None:
            break
    assert gone() is None
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
