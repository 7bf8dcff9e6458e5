"""The pages' own files, served under a name that changes with their content."""

from __future__ import annotations

import gzip
import hashlib
from importlib.resources import files
from importlib.resources.abc import Traversable

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FOR_EVER = "public, max-age=31536000, immutable"


class Asset(Struct, frozen=True):
    """One file, plain and compressed. `name` has the content's hash: `app.1a2b3c4d.css`."""

    name: str
    media_type: str
    etag: str
    body: bytes
    gzipped: bytes


class Assets:
    """All files of `pages/static`. The built script may be absent: pages work without it."""

    def __init__(self) -> None:
        found = [_asset(path) for path in (files(__package__) / "static").iterdir()]
        self._by_file = {file: asset for file, asset in found if asset is not None}
        self._by_name = {asset.name: asset for asset in self._by_file.values()}

    def url(self, file: str) -> str | None:
        """The address of `app.css`, None where there is no such file."""
        asset = self._by_file.get(file)
        return f"/static/{asset.name}" if asset else None

    async def serve(self, request: Request) -> Response:
        """One file; browsers and proxies may keep it for ever."""
        asset = self._by_name.get(request.path_params["name"])
        if asset is None:
            return Response("Not found\n", 404, {"Cache-Control": "no-store"}, "text/plain")
        return _answer(asset, request)


def _asset(path: Traversable) -> tuple[str, Asset | None]:
    stem, dot, suffix = path.name.rpartition(".")
    media_type = _TYPES.get(dot + suffix)
    if not stem or media_type is None:
        return path.name, None
    body = path.read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:8]
    name = f"{stem}.{digest}.{suffix}"
    return path.name, Asset(name, media_type, f'"{digest}"', body, gzip.compress(body, 9, mtime=0))


def _answer(asset: Asset, request: Request) -> Response:
    headers = {
        "Cache-Control": _FOR_EVER,
        "ETag": asset.etag,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("if-none-match") == asset.etag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(asset.gzipped, headers=headers, media_type=asset.media_type)
    return Response(asset.body, headers=headers, media_type=asset.media_type)
