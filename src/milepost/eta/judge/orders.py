"""Orders as columns: what a quote may know, and what came of it.

All times are days since 1970-01-01, local as the source wrote them (a fraction is a part of a day).
An absent time is NaN. Rows come out sorted by the time of order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
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
_LAST_DAY = 47_482.0  # of 2099: later ones are slips
Kept = tuple[dict[str, float], Mapping[str, str]]
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - local times of the source, never compared with ours


@dataclass(frozen=True)
class Orders:
    """Columns of equal length. `month` is `2018-03`; `refused` counts rows without usable times,
    `repeated` those of orders that had a row before.
    """

    times: dict[str, NDArray[np.float64]]
    numbers: dict[str, NDArray[np.float64]]
    names: dict[str, NDArray[np.str_]]
    month: NDArray[np.str_]
    refused: int
    repeated: int = 0

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
    """Rows of a CSV with the columns of the module's lists; unusable ones are counted and left.

    Of an order with several rows the first usable one counts: twice taught is twice believed.
    """
    kept: list[Kept] = []
    known: set[str] = set()
    refused = repeated = 0
    for row in rows:
        times, order = _times(row), row.get("order_id")
        if not _usable(times):
            refused += 1
        elif order and order in known:
            repeated += 1
        else:
            kept.append((times, row))
            known.add(order or "")
    # The same file in another order of rows is the same file.
    kept.sort(key=lambda pair: (pair[0]["ordered_at"], pair[1].get("order_id") or ""))
    return _columns(kept, refused, repeated)


def _times(row: Mapping[str, str]) -> dict[str, float]:
    """By the clock of the time of order, where times have offsets that differ."""
    ordered = _moment(row.get("ordered_at"))
    zone = ordered.tzinfo if ordered is not None else None
    return {name: day(row.get(name), zone) for name in _TIMES}


def _usable(times: Mapping[str, float]) -> bool:
    ordered = times["ordered_at"]
    return 0 < ordered < _LAST_DAY and not times["delivered_at"] < ordered


def _columns(kept: list[Kept], refused: int, repeated: int) -> Orders:
    times = {name: np.array([pair[0][name] for pair in kept]) for name in _TIMES}
    times["delivered_at"] = np.where(
        np.isfinite(times["delivered_at"]), times["delivered_at"], np.inf
    )
    return Orders(
        times=times,
        numbers={name: np.array([number(row.get(name)) for _, row in kept]) for name in _NUMBERS},
        names={name: np.array([row.get(name) or "" for _, row in kept]) for name in _NAMES},
        month=times["ordered_at"].astype("datetime64[D]").astype("datetime64[M]").astype(str),
        refused=refused,
        repeated=repeated,
    )


def day(text: str | None, zone: tzinfo | None = None) -> float:
    """ISO date or time to days since 1970, on the clock of `zone` or as written; NaN where it is
    none.
    """
    moment = _moment(text)
    if moment is None:
        return nan
    if zone is not None and moment.tzinfo is not None and 1 < moment.year < 9999:
        moment = moment.astimezone(zone)
    return (moment.replace(tzinfo=None) - _EPOCH).total_seconds() / 86_400


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None


def number(text: str | None) -> float:
    """A finite number, or NaN."""
    try:
        value = float(text or "nan")
    except ValueError:
        return nan
    return value if abs(value) < 1e12 else nan
