"""How the date of a page has changed, where the reader has asked for that."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.requests import Request

from milepost.domain.track import Forecast, Track
from milepost.pages.site import Site
from milepost.pages.view.foretold import foretells

ASKED = "forecast"


async def asked_for(
    site: Site, request: Request, number: str, track: Track
) -> Sequence[Forecast] | None:
    """Every forecast; None where nobody asks, for it takes as long as the road itself."""
    if request.query_params.get(ASKED) != "open" or not foretells(track):
        return None
    return await site.lookup.forecasts(number)


def link(request: Request) -> str:
    """The address of the page with them, with all else that the reader has chosen."""
    others = request.query_params.multi_items()
    kept = [pair for pair in others if pair[0] not in (ASKED, "seen")]
    return f"?{urlencode([*kept, (ASKED, 'open')])}#{ASKED}"
