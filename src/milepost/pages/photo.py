"""`POST /photo`: barcodes in a photograph, read once and forgotten."""

from __future__ import annotations

import asyncio
import io
from email.parser import BytesParser
from email.policy import HTTP

import zxingcpp
from PIL import Image, UnidentifiedImageError

MOST_BYTES = 8 * 1024 * 1024
_MOST_PIXELS = 60_000_000
# Longer sides only make it slow: bars that are readable at all are readable at this size.
_LONGEST_SIDE = 2_600
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_AT_ONCE = asyncio.Semaphore(2)


class NoPictureError(ValueError):
    """The bytes are no picture of a kind that we read."""


class LargePictureError(NoPictureError):
    """A picture of more pixels than we decode."""


def upload(content_type: str, body: bytes) -> bytes:
    """The first file of a multipart form; empty where there is none."""
    head = b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n"
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    for part in message.iter_parts() if message.is_multipart() else ():
        if part.get_filename() is not None:
            content = part.get_payload(decode=True)
            return content if isinstance(content, bytes) else b""
    return b""


async def read_barcodes(picture: bytes) -> list[str]:
    """The texts of all barcodes in a picture, the biggest first. Raises NoPictureError."""
    async with _AT_ONCE:
        return await asyncio.to_thread(_read, picture)


def _read(picture: bytes) -> list[str]:
    image = _opened(picture)
    for tried in (image, _smaller(image)):
        found = [code.text.strip() for code in zxingcpp.read_barcodes(tried) if code.text.strip()]
        if found:
            return list(dict.fromkeys(found))
    return []


def _opened(picture: bytes) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(picture), formats=_FORMATS)
        if image.width * image.height > _MOST_PIXELS:
            raise LargePictureError(f"{image.width} × {image.height}")
        image.draft("L", (_LONGEST_SIDE, _LONGEST_SIDE))
        image.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
        return image.convert("L")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError) as error:
        raise NoPictureError(str(error)) from error


def _smaller(image: Image.Image) -> Image.Image:
    """A blurred or noisy photo often reads better at half its size."""
    return image.resize((max(1, image.width // 2), max(1, image.height // 2)))
