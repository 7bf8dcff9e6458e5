"""Aggregators' wire formats, written by small encoders: what each would post to us."""

from __future__ import annotations

from collections.abc import Callable

from milepost.demo.wire import aftership, kdniao, kuaidi100, seventeentrack
from milepost.demo.wire.push import Push

ENCODERS: dict[str, Callable[[Push], bytes]] = {
    "17track": seventeentrack.encode,
    "aftership": aftership.encode,
    "kdniao": kdniao.encode,
    "kuaidi100": kuaidi100.encode,
}
