"""What makes the pages an app: manifest, service worker, and the page for when there is no net."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from milepost.pages.site import Site

_SHELL = ("app.js", "icon.svg")
_ICONS = (("icon.svg", "any", "image/svg+xml"), ("icon-192.png", "192x192", "image/png"),
          ("icon-512.png", "512x512", "image/png"))  # fmt: skip


class Offline:
    """Files with fixed addresses, since browsers ask for them by name."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def manifest(self, request: Request) -> Response:
        """The web app manifest in the reader's language."""
        reader = self._site.reader(request)
        brand = await self._site.extras.brand(None)
        icons = [
            {"src": url, "sizes": sizes, "type": kind}
            for name, sizes, kind in _ICONS
            if (url := self._site.assets.url(name))
        ]
        body = {
            "id": "/parcels",
            "name": f"{reader.text('mine.title')} · {brand.name}",
            "short_name": brand.name,
            "lang": reader.text("meta.tag"),
            "dir": reader.text("meta.dir"),
            "start_url": "/parcels",
            "scope": "/",
            "display": "standalone",
            "background_color": "#f6f5f1",
            "theme_color": "#f6f5f1",
            "icons": icons,
        }
        headers = {"Cache-Control": "no-cache", "Vary": "Accept-Language, Cookie"}
        return Response(msgspec.json.encode(body), 200, headers, "application/manifest+json")

    async def worker(self, request: Request) -> Response:
        """The service worker, which knows the names of the files that a page needs."""
        script = self._site.assets.body("sw.js")
        if script is None:
            return Response("Not found\n", 404, media_type="text/plain")
        shell = [url for name in _SHELL if (url := self._site.assets.url(name))]
        head = b"self.SHELL=" + msgspec.json.encode(shell) + b";\n"
        headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        return Response(head + script, headers=headers, media_type="text/javascript")

    async def page(self, request: Request) -> Response:
        """What is shown of a page that is not kept on the device."""
        return self._site.page(request, "offline.html")
