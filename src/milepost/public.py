"""What the public pages may see: roads in the masked view, of the tenants that show theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence

from milepost.carriers import registry
from milepost.domain.track import Track
from milepost.engine.live import Live
from milepost.engine.queries import Queries
from milepost.engine.resolve import BadScanError
from milepost.identify import extract_numbers, identify, normalise
from milepost.pages import Missing
from milepost.web.live import woken

# A pasted mail may be long; nobody pastes more than this by hand.
LONGEST_TEXT = 60_000
MOST_NUMBERS = 100
MOST_CANDIDATES = 5


class PublicLookup:
    """See `pages.ports.Lookup`. Tenants are asked in the order in which they were made."""

    def __init__(self, queries: Queries, live: Live, tenants: Callable[[], Sequence[int]]) -> None:
        self._queries = queries
        self._live = live
        self._tenants = tenants

    async def track(self, number: str) -> Track | None:
        found = await self._find(number)
        return found[1] if found else None

    async def track_many(self, numbers: Sequence[str]) -> Mapping[str, Track]:
        found = {number: await self.track(number) for number in numbers[:MOST_NUMBERS]}
        return {number: track for number, track in found.items() if track is not None}

    def explain(self, number: str) -> Missing:
        answer = identify(number)
        candidates = [(one.carrier, one.probability) for one in answer.candidates]
        return Missing(
            number=answer.number,
            ambiguous=answer.ambiguous,
            candidates=tuple(candidates[:MOST_CANDIDATES]),
            problems=tuple(dict.fromkeys(map(_kind_of, answer.problems))),
        )

    def carrier_name(self, slug: str, locale: str) -> str:
        carrier = registry.find(slug)
        if carrier is None:
            return slug
        return (carrier.name_zh or carrier.name) if locale.startswith("zh") else carrier.name

    def extract(self, text: str) -> list[str]:
        text = text[:LONGEST_TEXT]
        numbers = extract_numbers(text)
        # One word that looks like no known number is still what the reader wants to look up.
        return numbers or ([normalise(text)] if text.strip() and len(text) <= 64 else [])

    async def live(self, number: str) -> AsyncIterator[None]:
        found = await self._find(number)
        if found is None:
            return
        tenant = found[0]
        with self._live.watch(lambda: self._queries.roads_of(tenant, number)) as watch:
            while True:
                if await woken(watch.changed):
                    watch.follow()
                    yield None

    async def _find(self, number: str) -> tuple[int, Track] | None:
        for tenant in self._tenants():
            try:
                track = await self._queries.track(tenant, number)
                if track is None:
                    track = await self._of_order(tenant, number)
            except BadScanError:
                return None
            if track is not None:
                return tenant, track
        return None

    async def _of_order(self, tenant: int, order_number: str) -> Track | None:
        """An order number finds the order's first shipment."""
        numbers = await self._queries.numbers_of(tenant, order_number.strip())
        return await self._queries.track(tenant, numbers[0]) if numbers else None


def _kind_of(problem: str) -> str:
    for kind in ("check digit", "length", "characters", "format"):
        if kind in problem:
            return kind.replace(" ", "_")
    return "format"
