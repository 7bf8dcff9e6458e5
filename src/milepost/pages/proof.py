"""Who may see what is personal: the holder of a signed link or of a one-time code."""

from __future__ import annotations

from urllib.parse import urlencode

from msgspec import Struct
from starlette.requests import Request

from milepost.domain.track import Track
from milepost.pages.ports import Yours
from milepost.pages.site import Site
from milepost.pages.view.pickup import Pickup, code_of, waits


class Seen(Struct, frozen=True):
    """The road as this reader may see it, what he is told of the pick-up code, and what else is
    his alone; `key` is what proved it, None for everybody else.
    """

    track: Track
    pickup: Pickup
    yours: Yours | None = None
    key: str | None = None


def kept_key(request: Request, key: str | None) -> str:
    """`&k=…` for links to the parcel's other pages, where the address of this one has it too."""
    given = request.query_params.get("k")
    return "&" + urlencode({"k": key}) if key and given == key else ""


class Proof:
    """Looks at the `?k=` of a page's address, or at the cookie that a code was worth."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def of(self, request: Request, number: str, track: Track) -> Seen:
        """What the reader of a page may see."""
        extras, query = self._site.extras, request.query_params
        token = query.get("k") or request.cookies.get("k", "")
        proven = bool(token) and await extras.proves(number, token)
        private = await extras.private(number) if proven else None
        said = query.get("code")
        pickup = Pickup(
            code=code_of(private) if private is not None and waits(track) else None,
            proven=proven,
            sends=extras.sends_codes,
            sent=said == "sent",
            wrong=said == "wrong" or (bool(token) and not proven),
        )
        yours = await extras.yours(number) if proven else None
        return Seen(private or track, pickup, yours, token if proven else None)

    async def code(self, number: str, track: Track, token: str) -> str | None:
        """The pick-up code of a parcel that waits, for who holds its token."""
        if not waits(track) or not await self._site.extras.proves(number, token):
            return None
        private = await self._site.extras.private(number)
        return code_of(private) if private is not None else None
