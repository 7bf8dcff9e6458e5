"""The pages' own files, served under a name that changes with their content."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import Response

_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".wasm": "application/wasm",
}
_FOR_EVER = "public, max-age=31536000, immutable"


class Asset:
    """One file, plain and compressed. `name` has the content's hash: `app.1a2b3c4d.css`."""

    def __init__(self, stem: str, suffix: str, body: bytes) -> None:
        self.digest = hashlib.sha256(body).hexdigest()[:8]
        self.name = f"{stem}.{self.digest}.{suffix}"
        self.media_type = _TYPES[f".{suffix}"]
        self.etag = f'"{self.digest}"'
        self.body = body

    @cached_property
    def gzipped(self) -> bytes:
        """Made when first asked for: some files are big and seldom wanted."""
        return gzip.compress(self.body, 9, mtime=0)


class Assets:
    """All files of `pages/static`. Built scripts may be absent: pages work without them."""

    def __init__(self) -> None:
        found = [_asset(path) for path in (files(__package__) / "static").iterdir()]
        self._by_file = {file: asset for file, asset in found if asset is not None}
        self._by_name = {asset.name: asset for asset in self._by_file.values()}

    def url(self, file: str) -> str | None:
        """The address of `app.css`, None where there is no such file."""
        asset = self._by_file.get(file)
        return f"/static/{asset.name}" if asset else None

    def body(self, file: str) -> bytes | None:
        """The file's content, None where there is no such file."""
        asset = self._by_file.get(file)
        return asset.body if asset else None

    async def serve(self, request: Request) -> Response:
        """One file; browsers and proxies may keep it for ever."""
        asset = self._by_name.get(request.path_params["name"])
        if asset is None:
            return Response("Not found\n", 404, {"Cache-Control": "no-store"}, "text/plain")
        return _answer(asset, request)


@cache
def shared() -> Assets:
    """Those of this process: all pages serve the same files, which are read once."""
    return Assets()


def _asset(path: Traversable) -> tuple[str, Asset | None]:
    stem, dot, suffix = path.name.rpartition(".")
    if not stem or dot + suffix not in _TYPES:
        return path.name, None
    return path.name, Asset(stem, suffix, path.read_bytes())


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
