"""Countries and regions that a text hints at, and how hints may go together."""

from __future__ import annotations

from msgspec import Struct

# Their region codes are written without the country; others ("SP", "JAL") need a city to bear
# them out.
_CODES_ALONE = frozenset({"US", "CA", "AU"})


class Area(Struct, frozen=True):
    """A country, and maybe one of its regions such as "US-MO"; all None is anywhere."""

    country: str | None = None
    region: str | None = None

    def holds(self, country: str, region: str) -> bool:
        """Whether a city of that country and region lies in here."""
        if self.country is not None and self.country != country:
            return False
        return self.region is None or self.region == region


ANYWHERE = Area()


class Hint(Struct, frozen=True):
    """Areas of which at most one is meant. A weak hint counts only if something bears it out."""

    areas: tuple[Area, ...]
    weak: bool = False
    is_code: bool = False


class Hypothesis(Struct, frozen=True):
    """An area, how many hints it explains, and whether one of them is weak."""

    area: Area
    explained: int
    weak: bool


def region_area(region: str) -> Area:
    """The area of a region code such as "US-MO"."""
    return Area(region[:2], region)


def hypotheses(base: Area, hints: list[Hint]) -> list[Hypothesis]:
    """Every area that some of the hints agree on within the base, the bare base included."""
    found = {(base, False): 0}
    for hint in sorted(hints, key=_countries_first):
        extended = dict(found)
        for (area, weak), explained in found.items():
            for meant in hint.areas:
                merged = _merge(area, meant)
                if merged is not None:
                    unsure = hint.weak or (hint.is_code and _needs_country(area, meant))
                    state = (merged, weak or (unsure and merged != area))
                    extended[state] = max(extended.get(state, 0), explained + 1)
        found = extended
    return [Hypothesis(area, explained, weak) for (area, weak), explained in found.items()]


def _countries_first(hint: Hint) -> bool:
    return any(area.region for area in hint.areas)


def _needs_country(area: Area, meant: Area) -> bool:
    return area.country is None and meant.region is not None and meant.country not in _CODES_ALONE


def _merge(area: Area, meant: Area) -> Area | None:
    if area.country is not None and meant.country is not None and area.country != meant.country:
        return None
    if area.region is not None and meant.region is not None and area.region != meant.region:
        return None
    return Area(area.country or meant.country, area.region or meant.region)
