"""The alarm that the world has changed: promises broken, or times longer or shorter."""

from __future__ import annotations

from math import log, sqrt

from msgspec import Struct

_FAST, _SLOW = 0.5 ** (1 / 40), 0.5 ** (1 / 400)
_FEWEST = 40.0
_SURE = 4.0  # standard errors
_LEAST_DAYS = 0.05


class Drift(Struct, frozen=True):
    """`kind` is `slower`, `faster` or `quotes_broken`; `size` says by which factor or share."""

    group: tuple[str, ...]
    kind: str
    size: float
    sure: float


class _Levels(Struct):
    fast: float = 0.0
    fast_weight: float = 0.0
    slow: float = 0.0
    slow_squares: float = 0.0
    slow_weight: float = 0.0
    broken: float = 0.0


class DriftAlarm:
    """Compares the last forty roads of a group with its last four hundred."""

    def __init__(self) -> None:
        self._levels: dict[tuple[str, ...], _Levels] = {}

    def learn(
        self, group: tuple[str, ...], median_days: float, p90_days: float, days: float
    ) -> None:
        """A road ended after `days`, quoted as given."""
        levels = self._levels.setdefault(group, _Levels())
        ratio = log(max(days, _LEAST_DAYS) / max(median_days, _LEAST_DAYS))
        levels.fast = levels.fast * _FAST + ratio
        levels.fast_weight = levels.fast_weight * _FAST + 1
        levels.broken = levels.broken * _FAST + (days > p90_days)
        levels.slow = levels.slow * _SLOW + ratio
        levels.slow_squares = levels.slow_squares * _SLOW + ratio * ratio
        levels.slow_weight = levels.slow_weight * _SLOW + 1

    def alarms(self) -> list[Drift]:
        """What has changed in any group, the surest first."""
        found = (drift for group in self._levels for drift in self.check(group))
        return sorted(found, key=lambda one: -one.sure)

    def check(self, group: tuple[str, ...]) -> list[Drift]:
        """What has changed in this group; nothing while too little is known."""
        levels = self._levels.get(group)
        if levels is None or levels.fast_weight < _FEWEST:
            return []
        found = []
        shift, sure = _shift(levels)
        if abs(sure) > _SURE:
            kind = "slower" if shift > 0 else "faster"
            found.append(Drift(group, kind, 2.718281828**shift, abs(sure)))
        share = levels.broken / levels.fast_weight
        sure = (share - 0.1) / sqrt(0.09 / levels.fast_weight)
        if sure > _SURE:
            found.append(Drift(group, "quotes_broken", share, sure))
        return found


def _shift(levels: _Levels) -> tuple[float, float]:
    """How far the short mean of log ratios is from the long one; and in standard errors."""
    mean = levels.slow / levels.slow_weight
    variance = max(levels.slow_squares / levels.slow_weight - mean * mean, 1e-4)
    shift = levels.fast / levels.fast_weight - mean
    return shift, shift / sqrt(variance / levels.fast_weight)
