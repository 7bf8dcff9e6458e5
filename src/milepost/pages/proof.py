"""Who may see what is personal: the holder of a signed link or of a one-time code."""

from __future__ import annotations

from starlette.requests import Request

from milepost.domain.track import Track
from milepost.pages.site import Site
from milepost.pages.view.pickup import Pickup, code_of, waits


class Proof:
    """Looks at the `?k=` of a page's address."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def of(self, request: Request, number: str, track: Track) -> tuple[Track, Pickup]:
        """The road as this reader may see it, and what he is told of the pick-up code."""
        extras, query = self._site.extras, request.query_params
        token = query.get("k") or request.cookies.get("k", "")
        proven = bool(token) and await extras.proves(number, token)
        private = await extras.private(number) if proven and waits(track) else None
        said = query.get("code")
        pickup = Pickup(
            code=code_of(private) if private is not None else None,
            proven=proven,
            sends=extras.sends_codes,
            sent=said == "sent",
            wrong=said == "wrong" or (bool(token) and not proven),
        )
        return private or track, pickup
