"""One question to an identity provider over HTTP: never longer than we want to read or wait."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any

import httpx2
import msgspec

from milepost.pages.console.access.oidc.config import OidcError

TIMEOUT_S = 10.0
MOST_BYTES = 1024 * 1024
Json = dict[str, Any]


async def ask(tls: ssl.SSLContext, method: str, url: str, **given: Any) -> Json:
    """The JSON object of a good answer. Raises OidcError; redirects are not followed."""
    try:
        async with (
            httpx2.AsyncClient(timeout=TIMEOUT_S, verify=tls) as client,
            client.stream(method, url, **given) as answer,
        ):
            return _json(answer.status_code, await _body(answer))
    except httpx2.HTTPError as error:
        raise OidcError("provider", f"{url}: {type(error).__name__} {error}") from None


async def _body(answer: httpx2.Response) -> bytes:
    content = b""
    async for part in answer.aiter_bytes():
        content += part
        if len(content) > MOST_BYTES:
            raise OidcError("provider", "its answer is too long")
    return content


def _json(status: int, content: bytes) -> Json:
    try:
        found = msgspec.json.decode(content)
    except msgspec.DecodeError:
        found = None
    if status == 200 and isinstance(found, dict):
        return found
    why = found.get("error") if isinstance(found, Mapping) else None
    raise OidcError("refused" if why else "provider", f"it answered {status} {why or ''}".strip())
