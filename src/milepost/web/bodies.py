"""The body of a request: never more of it than may be, packed or not."""

from __future__ import annotations

import zlib

from starlette.requests import Request

from milepost.web.problems import ProblemError

_PLAIN = frozenset({"", "identity"})
_GZIP = frozenset({"gzip", "x-gzip"})
_EITHER_WRAPPER = 47
# A sender that is cut off while it still writes sees a broken line instead of our answer.
_MOST_PASSED_OVER = 64 * 1024 * 1024


async def read_body(request: Request, most_bytes: int) -> bytes:
    """The body, unpacked if it came packed with gzip; 413 if it is longer than it may be, 415 if
    it is packed in another way, 400 if it cannot be unpacked.
    """
    body = await _received(request, most_bytes)
    packing = request.headers.get("content-encoding", "").strip().lower()
    if packing in _PLAIN:
        return body
    if packing not in _GZIP:
        raise ProblemError(
            415, "A body may be packed with gzip only.", headers={"Accept-Encoding": "gzip"}
        )
    return _unpacked(body, most_bytes)


async def _received(request: Request, most_bytes: int) -> bytes:
    declared = request.headers.get("content-length", "")
    waits = request.headers.get("expect", "").lower() == "100-continue"
    if declared.isdigit() and int(declared) > most_bytes + (0 if waits else _MOST_PASSED_OVER):
        raise _too_long(most_bytes)
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size <= most_bytes:
            parts.append(part)
        elif size > most_bytes + _MOST_PASSED_OVER:
            break
        else:
            parts.clear()
    if size > most_bytes:
        raise _too_long(most_bytes)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _unpacked(body: bytes, most_bytes: int) -> bytes:
    reader = zlib.decompressobj(_EITHER_WRAPPER)
    try:
        plain = reader.decompress(body, most_bytes + 1)
    except zlib.error as error:
        raise ProblemError(400, f"The body is not packed with gzip: {error}") from None
    if len(plain) > most_bytes:
        raise _too_long(most_bytes)
    if not reader.eof:
        raise ProblemError(400, "The packed body is cut off.")
    return plain


def _too_long(most_bytes: int) -> ProblemError:
    return ProblemError(413, f"A body may have {most_bytes} bytes at most.")
