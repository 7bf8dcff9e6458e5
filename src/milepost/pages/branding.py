"""`/brand/…`: a merchant's colours and logo as files of ours."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from milepost.pages.ports import Brand
from milepost.pages.site import Site
from milepost.pages.view.branding import logo_name, style_of

_FOR_EVER = "public, max-age=31536000, immutable"
_NAME = re.compile(r"(?P<accent>[0-9a-fA-F]{6})-(?P<dark>[0-9a-fA-F]{6}|same)\.css")
_PICTURES = {"image/png", "image/svg+xml", "image/webp", "image/jpeg"}
_SAFE = {
    "Cache-Control": _FOR_EVER,
    "X-Content-Type-Options": "nosniff",
    # A logo may be SVG, which may try to run something when it is opened by itself.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}


class BrandFiles:
    """A style sheet is made from the colours in its name; a logo is asked of its merchant."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def style(self, request: Request) -> Response:
        """The style sheet of two colours."""
        found = _NAME.fullmatch(request.path_params["name"])
        if found is None:
            return Response("Not found\n", 404, media_type="text/plain")
        dark = None if found["dark"] == "same" else f"#{found['dark']}"
        style = style_of(Brand(accent=f"#{found['accent']}", accent_dark=dark))
        return Response(style, headers=_SAFE, media_type="text/css")

    async def logo(self, request: Request) -> Response:
        """The logo of the site, or of the merchant whose number is in `?number=`."""
        brand = await self._site.extras.brand(request.query_params.get("number"))
        if brand.logo is None or logo_name(brand) != request.path_params["name"]:
            return Response("Not found\n", 404, media_type="text/plain")
        media_type, body = brand.logo
        if media_type not in _PICTURES:
            return Response("Not found\n", 404, media_type="text/plain")
        return Response(body, headers=_SAFE, media_type=media_type)
