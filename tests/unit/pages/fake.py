"""A Lookup over the invented tracks, and the application that serves their pages."""

from __future__ import annotations

import asyncio
import io
import re
import unicodedata
from collections.abc import AsyncIterator, Mapping, Sequence

from msgspec.structs import replace
from PIL import Image, ImageDraw
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from milepost.domain.track import Forecast, Track
from milepost.pages import Brand, ColdChain, Evidence, Extras, Missing, Yours, routes
from unit.pages.samples import COLD, NOW, PICKUP_TEXT, SAMPLES, hostile

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
        self.foretold: list[Forecast] = []
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

    async def forecasts(self, number: str) -> Sequence[Forecast]:
        self.calls.append(("forecasts", 1))
        return self.foretold

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
        names = NAMES.get(slug, {})
        return names.get(locale[:2], names.get("en", slug))

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


PROOF = "proof-of-the-consignee"
ONCE = "204711"
YOURS = Yours(
    name="Invented Person",
    lines=("7 Sample Street", "37100 Verona"),
    phone="+39 000 5550123",
    evidence=(Evidence("photograph", "/evidence/1.a"), Evidence("signature", "/evidence/1.b")),
)


class FakeExtras(Extras):
    """Proves with one token, redeems one code, and measures the cold chain's parcel."""

    sends_codes = True

    def __init__(self, lookup: FakeLookup, brand: Brand | None = None) -> None:
        self._lookup = lookup
        self._brand = brand or Brand()
        self.sent: list[str] = []
        self.spoken: list[str] = []

    async def proves(self, number: str, token: str) -> bool:
        return token == PROOF

    async def private(self, number: str) -> Track | None:
        track = self._lookup.tracks[number]
        if track.status.main != "available_for_pickup":
            return track
        last = replace(track.events[-1], text=PICKUP_TEXT)
        return replace(track, events=[*track.events[:-1], last])

    async def yours(self, number: str) -> Yours:
        return YOURS if number == SAMPLES["delivered"].number else Yours()

    async def send_code(self, number: str, locale: str = "en") -> None:
        self.sent.append(number)
        self.spoken.append(locale)

    async def redeem(self, number: str, code: str) -> str | None:
        return PROOF if code == ONCE else None

    async def brand(self, number: str | None) -> Brand:
        return self._brand

    async def cold_chain(self, number: str) -> ColdChain | None:
        return COLD if number == SAMPLES["cold-chain"].number else None


def application(lookup: FakeLookup | None = None, extras: Extras | None = None) -> Starlette:
    """The pages alone, read at a fixed moment."""
    lookup = lookup or FakeLookup()
    pictures = Route("/evidence/{token}", _picture)
    pages = routes(lookup, lambda: NOW, extras or FakeExtras(lookup))
    return Starlette(routes=[pictures, *pages])


async def _picture(request: Request) -> Response:
    """An invented door with an invented box, or a scrawl."""
    scrawl = request.path_params["token"].endswith("b")
    image = Image.new("RGB", (600, 240 if scrawl else 450), "white" if scrawl else "#c4b296")
    pen = ImageDraw.Draw(image)
    if scrawl:
        pen.line([(90, 170), (160, 60), (190, 180), (260, 80), (330, 150), (480, 70)], "black", 7)
    else:
        pen.rectangle((0, 320, 600, 450), "#786e64")
        pen.rectangle((220, 40, 410, 325), "#463228")
        pen.rectangle((260, 275, 380, 370), "#be8c50")
    body = io.BytesIO()
    image.save(body, "PNG")
    return Response(body.getvalue(), media_type="image/png")
