"""Orders as columns: what a quote may know, and what came of it.

All times are days since 1970-01-01, local as the source wrote them (a fraction is a part of a day).
An absent time is NaN. Rows come out sorted by the time of order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import nan
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Floats = "NDArray[np.float64]"
_TIMES = ("ordered_at", "approved_at", "handed_over_at", "delivered_at", "promised_at")
_NUMBERS = (
    "destination_lat", "destination_lng", "destination_zip",
    "origin_lat", "origin_lng", "origin_zip",
    "items", "price", "freight", "weight_g", "volume_cm3",
)  # fmt: skip
_NAMES = ("destination_state", "origin_state", "category")
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - local times of the source, never compared with ours


@dataclass(frozen=True)
class Orders:
    """Columns of equal length. `month` is `2018-03`; `refused` counts rows without usable times."""

    times: dict[str, NDArray[np.float64]]
    numbers: dict[str, NDArray[np.float64]]
    names: dict[str, NDArray[np.str_]]
    month: NDArray[np.str_]
    refused: int

    def __len__(self) -> int:
        return len(self.month)

    @property
    def ordered(self) -> NDArray[np.float64]:
        """When the quote is made."""
        return self.times["ordered_at"]

    @property
    def delivered(self) -> NDArray[np.float64]:
        """The label; infinite while it is still on the road at the end of the file."""
        return self.times["delivered_at"]

    @property
    def late(self) -> NDArray[np.bool_]:
        """Delivered on a later date than promised."""
        return np.asarray(np.floor(self.delivered) > np.floor(self.times["promised_at"]))


def read_orders(rows: Iterable[Mapping[str, str]]) -> Orders:
    """Rows of a CSV with the columns of the module's lists; unusable ones are counted and left."""
    kept, refused = [], 0
    for row in rows:
        times = {name: day(row.get(name)) for name in _TIMES}
        if not times["ordered_at"] > 0 or times["delivered_at"] < times["ordered_at"]:
            refused += 1
            continue
        kept.append((times, row))
    kept.sort(key=lambda pair: pair[0]["ordered_at"])
    return _columns(kept, refused)


def _columns(kept: list[tuple[dict[str, float], Mapping[str, str]]], refused: int) -> Orders:
    times = {name: np.array([pair[0][name] for pair in kept]) for name in _TIMES}
    times["delivered_at"] = np.where(
        np.isfinite(times["delivered_at"]), times["delivered_at"], np.inf
    )
    return Orders(
        times=times,
        numbers={name: np.array([number(row.get(name)) for _, row in kept]) for name in _NUMBERS},
        names={name: np.array([row.get(name) or "" for _, row in kept]) for name in _NAMES},
        month=np.array([(row.get("ordered_at") or "")[:7] for _, row in kept]),
        refused=refused,
    )


def day(text: str | None) -> float:
    """ISO date or time to days since 1970; NaN where it is none."""
    try:
        moment = datetime.fromisoformat(text or "").replace(tzinfo=None)
    except ValueError:
        return nan
    return (moment - _EPOCH).total_seconds() / 86_400


def number(text: str | None) -> float:
    """A finite number, or NaN."""
    try:
        value = float(text or "nan")
    except ValueError:
        return nan
    return value if abs(value) < 1e12 else nan
