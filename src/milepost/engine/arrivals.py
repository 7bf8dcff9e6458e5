"""What came in of each asset since the rules last looked: only its extremes are kept."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from milepost.domain.care import Limits
from milepost.domain.telemetry import Sample


class Extremes(Struct):
    """Of one asset's new samples: their span of time, and the extremes of what rules look at."""

    first_us: int
    last_us: int
    lowest_mc: int | None = None
    highest_mc: int | None = None
    highest_pm: int | None = None
    shock_mg: int | None = None
    tilt_deg: int | None = None
    light_lux: int | None = None
    moved: bool = False

    def take(self, sample: Sample) -> None:
        at_us = sample.at_us
        if at_us < self.first_us:
            self.first_us = at_us
        if at_us > self.last_us:
            self.last_us = at_us
        celsius = sample.temperature_mc
        if celsius is not None:
            if self.lowest_mc is None or celsius < self.lowest_mc:
                self.lowest_mc = celsius
            if self.highest_mc is None or celsius > self.highest_mc:
                self.highest_mc = celsius
        self.highest_pm = _higher(self.highest_pm, sample.humidity_pm)
        self.shock_mg = _higher(self.shock_mg, sample.shock_mg)
        self.tilt_deg = _higher(self.tilt_deg, sample.tilt_deg)
        self.light_lux = _higher(self.light_lux, sample.light_lux)
        self.moved = self.moved or sample.lat_e7 is not None

    def joined(self, other: Extremes) -> Extremes:
        """The extremes of both."""
        highest = {name: _higher(getattr(self, name), getattr(other, name)) for name in _HIGHEST}
        lows = [one for one in (self.lowest_mc, other.lowest_mc) if one is not None]
        return Extremes(
            min(self.first_us, other.first_us), max(self.last_us, other.last_us),
            min(lows, default=None), moved=self.moved or other.moved, **highest,
        )  # fmt: skip

    def beyond(self, limits: Limits) -> bool:
        """Whether any of it is beyond a limit, so that the rules have to look."""
        return (
            _over(self.highest_mc, limits.temperature_high_mc)
            or _over(limits.temperature_low_mc, self.lowest_mc)
            or _over(self.highest_pm, limits.humidity_high_pm)
            or _over(self.shock_mg, limits.shock_mg)
            or _over(self.tilt_deg, limits.tilt_deg)
            or _over(self.light_lux, limits.light_lux)
        )


class Arrivals:
    """New samples by tenant and asset."""

    def __init__(self) -> None:
        self._by_asset: dict[tuple[int, str], Extremes] = {}

    def add(self, tenant: int, samples: Iterable[Sample]) -> None:
        known = self._by_asset
        for sample in samples:
            extremes = known.get((tenant, sample.asset))
            if extremes is None:
                extremes = Extremes(sample.at_us, sample.at_us)
                known[tenant, sample.asset] = extremes
            extremes.take(sample)

    def take(self) -> dict[tuple[int, str], Extremes]:
        """All that is there; from now on it is empty."""
        taken, self._by_asset = self._by_asset, {}
        return taken

    def give_back(self, taken: dict[tuple[int, str], Extremes]) -> None:
        """They could not be looked at; what came meanwhile is joined with them."""
        for key, old in taken.items():
            new = self._by_asset.get(key)
            self._by_asset[key] = old if new is None else old.joined(new)


def strictest(all_limits: Iterable[Limits]) -> Limits:
    """What no one of them has passed, none of the others has either."""
    values: dict[str, int] = {}
    for limits in all_limits:
        for name in _NAMES:
            value: int | None = getattr(limits, name)
            if value is not None:
                choose = max if name == "temperature_low_mc" else min
                values[name] = choose(values.get(name, value), value)
    return Limits(**values)


_HIGHEST = ("highest_mc", "highest_pm", "shock_mg", "tilt_deg", "light_lux")
_NAMES = (
    "temperature_low_mc", "temperature_high_mc", "humidity_high_pm", "shock_mg", "tilt_deg",
    "light_lux",
)  # fmt: skip


def _higher(known: int | None, value: int | None) -> int | None:
    return value if known is None or (value is not None and value > known) else known


def _over(value: int | None, limit: int | None) -> bool:
    return value is not None and limit is not None and value >= limit
