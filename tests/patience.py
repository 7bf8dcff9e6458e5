"""How long a test waits for what has to come. A machine may be slow and still be right: how fast
things are is measured in bench/, never here.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
PATIENCE_S = 90.0
LOOK_EVERY_S = 0.02


def once(read: Callable[[], T], good: Callable[[T], Any], within_s: float = PATIENCE_S) -> T:
    """What was read, once it is good; what was read last, for the test to show, if it never is."""
    end = time.monotonic() + within_s
    while not good(found := read()) and time.monotonic() < end:
        time.sleep(LOOK_EVERY_S)
    return found


def until(holds: Callable[[], T], within_s: float = PATIENCE_S) -> T:
    """What it gives, once that is true."""
    found = once(holds, bool, within_s)
    assert found, "it did not come to that in time"
    return found
