"""How the process looks for garbage in cycles: often at what is young, seldom at what has stayed.

A look at all that lives takes hundreds of milliseconds, in which nobody is answered. Milepost's
live state stays for weeks and holds no cycles, so what has survived two looks is set aside. Once an
hour, in a calm moment, all is looked at: the cycles of a closed connection may be among it.
"""

from __future__ import annotations

import asyncio
import atexit
import gc
from collections.abc import Callable

# Objects made and not given back since; then looks at the youngest per look at those that stayed.
YOUNG, LOOKS = 5_000, 2
EVERY_S = 3_600.0
AGAIN_S = 60.0


def begin() -> None:
    """From now on, for the whole process."""
    gc.set_threshold(YOUNG, LOOKS, 1_000_000)
    gc.callbacks.append(_set_aside)
    # At the end of the interpreter this module is taken apart before the last look.
    atexit.register(end)


def end() -> None:
    """Nothing is set aside any more; harmless where it was not begun."""
    if _set_aside in gc.callbacks:
        gc.callbacks.remove(_set_aside)
    gc.unfreeze()


def _set_aside(phase: str, info: dict[str, int]) -> None:
    if phase == "stop" and info["generation"] == 1:
        gc.freeze()


async def collect_all(busy: Callable[[], bool]) -> None:
    """Until cancelled."""
    while True:
        await asyncio.sleep(EVERY_S)
        while busy():  # noqa: ASYNC110 - a calm moment announces itself to nobody
            await asyncio.sleep(AGAIN_S)
        gc.unfreeze()
        gc.collect()
        gc.freeze()
