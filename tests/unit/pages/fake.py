"""A Lookup over the invented tracks, and the application that serves their pages."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import AsyncIterator, Mapping, Sequence

from starlette.applications import Starlette

from milepost.domain.track import Track
from milepost.pages import Missing, routes
from unit.pages.samples import NOW, SAMPLES, hostile

NAMES = {
    "corriere": {"en": "Corriere Veloce", "zh": "维洛快递"},
    "jiexun": {"en": "Jiexun Express", "zh": "捷讯速运"},
    "posta": {"en": "Posta Civica", "zh": "奇维卡邮政"},
    "transglobe": {"en": "Transglobe Line", "zh": "环球专线"},
}
NUMBER = re.compile(r"[A-Z0-9]{8,30}")
MISTYPED = "CV4410029918"
AMBIGUOUS = "773000112233"


class FakeLookup:
    """Counts its calls; `announce` tells of a change."""

    def __init__(self, tracks: Sequence[Track] = ()) -> None:
        chosen = tracks or [*SAMPLES.values(), hostile()]
        self.tracks = {track.number: track for track in chosen}
        self.calls: list[tuple[str, int]] = []
        self.changed = asyncio.Event()
        self.listeners = 0
        self._loop: asyncio.AbstractEventLoop | None = None

    async def track(self, number: str) -> Track | None:
        self.calls.append(("track", 1))
        return self.tracks.get(number)

    async def track_many(self, numbers: Sequence[str]) -> Mapping[str, Track]:
        self.calls.append(("track_many", len(numbers)))
        return {number: self.tracks[number] for number in numbers if number in self.tracks}

    def explain(self, number: str) -> Missing:
        if number == MISTYPED:
            return Missing(
                number=number, candidates=(("corriere", 0.97),), problems=("check_digit",)
            )
        if number == AMBIGUOUS:
            odds = (("jiexun", 0.45), ("corriere", 0.4), ("posta", 0.02))
            return Missing(number=number, ambiguous=True, candidates=odds)
        return Missing(number=number)

    def carrier_name(self, slug: str, locale: str) -> str:
        return NAMES.get(slug, {}).get(locale, slug)

    def extract(self, text: str) -> list[str]:
        plain = unicodedata.normalize("NFKC", text).upper().replace("-", "")
        found = [row for row in NUMBER.findall(plain) if any(char.isdigit() for char in row)]
        return list(dict.fromkeys(found))

    def announce(self) -> None:
        """Tells listeners of a change, from whatever thread."""
        if self._loop is None:
            self.changed.set()
        else:
            self._loop.call_soon_threadsafe(self.changed.set)

    async def live(self, number: str) -> AsyncIterator[None]:
        self.listeners += 1
        self._loop = asyncio.get_running_loop()
        try:
            while True:
                await self.changed.wait()
                self.changed.clear()
                yield
        finally:
            self.listeners -= 1


def application(lookup: FakeLookup | None = None) -> Starlette:
    """The pages alone, read at a fixed moment."""
    return Starlette(routes=routes(lookup or FakeLookup(), clock=lambda: NOW))
