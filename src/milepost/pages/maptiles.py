"""The merchant's own map: one PMTiles file, served in pieces to the big map.

PMTiles version 3 is a single file of map tiles that is read by HTTP range requests, so it needs no
tile server. See https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md
"""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from milepost.pages.headers import HEADERS

MAGIC = b"PMTiles\x03"
ADDRESS = "/map/tiles.pmtiles"
FILE = "tiles.pmtiles"
# A map is asked for in many pieces, and it is the same for all: browsers may keep them.
_ONE_HOUR = "public, max-age=3600"
# The first piece that is asked for holds header and root directory; nobody needs a greater one.
MOST_BYTES = 8 * 1024 * 1024


class MapTiles:
    """`file` is looked at anew for each answer: it may be put there, or exchanged, at any time.

    `elsewhere`: the path of a PMTiles file on our own origin that somebody else serves, such as the
    proxy before us. Raises ValueError for the address of another origin: pages ask nobody else.
    """

    def __init__(self, file: Path, elsewhere: str | None = None) -> None:
        if elsewhere is not None and (not elsewhere.startswith("/") or elsewhere[1:2] in "/\\"):
            raise ValueError("map_tiles_url is a path of this site, such as /maps/world.pmtiles")
        self._file = file
        self._elsewhere = elsewhere

    async def tell(self, request: Request) -> Response:
        """`{url}`: where the map is, null where there is none."""
        return told(self._elsewhere or (ADDRESS if self.there else None))

    @property
    def there(self) -> bool:
        """Whether there is a file, and it is one of PMTiles version 3."""
        try:
            with self._file.open("rb") as opened:
                return opened.read(len(MAGIC)) == MAGIC
        except OSError:
            return False

    async def serve(self, request: Request) -> Response:
        """206 for one range of the file, 416 for one beyond it, 404 without a file.

        The whole file is never sent: it may have many gigabytes.
        """
        if not self.there:
            return Response("Not found\n", 404, HEADERS, "text/plain")
        asked = request.headers.get("range", "")
        if request.method == "GET" and not _one_piece(asked):
            return Response("Ask for a range.\n", 416, HEADERS, "text/plain")
        headers = {"Cache-Control": _ONE_HOUR, "X-Content-Type-Options": "nosniff"}
        return FileResponse(self._file, headers=headers, media_type="application/vnd.pmtiles")


def told(url: str | None) -> Response:
    """The answer of `/map/tiles.json`."""
    return JSONResponse({"url": url}, headers=HEADERS)


def _one_piece(asked: str) -> bool:
    """Whether it is one range of a sensible length."""
    unit, _, span = asked.partition("=")
    first, dash, last = span.strip().partition("-")
    if unit.strip() != "bytes" or not dash or not (first.isdecimal() and last.isdecimal()):
        return False
    return 0 <= int(last) - int(first) < MOST_BYTES
