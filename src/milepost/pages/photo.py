"""`POST /photo`: barcodes in a photograph, read once and forgotten."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Iterator

import zxingcpp
from PIL import Image, ImageOps, UnidentifiedImageError

from milepost.web.multipart import parts_of

MOST_BYTES = 8 * 1024 * 1024
_MOST_PIXELS = 60_000_000
# Longer sides only make it slow: bars that are readable at all are readable at this size.
_LONGEST_SIDE = 2_600
_TURNED_SIDE = 1_800
_GREY = 200
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_HEIC = re.compile(rb"....ftyp(?:hei[cxms]|hev[cmx]|mif1|msf1)", re.DOTALL)
# Left, top, right, bottom in pixels.
_Box = tuple[int, int, int, int]
_AT_ONCE = asyncio.Semaphore(2)


class NoPictureError(ValueError):
    """The bytes are no picture of a kind that we read."""


class HeicPictureError(NoPictureError):
    """A picture as newer telephones keep it, in a format that we cannot read."""


class LargePictureError(NoPictureError):
    """A picture of more pixels than we decode."""


def upload(content_type: str, body: bytes) -> bytes:
    """The first file of a multipart form; empty where there is none."""
    files = (one.body for one in parts_of(content_type, body) if one.filename is not None)
    return next(files, b"")


async def read_barcodes(picture: bytes) -> list[str]:
    """The texts of all barcodes in a picture, the biggest first. Raises NoPictureError."""
    async with _AT_ONCE:
        return await asyncio.to_thread(_read, picture)


def _read(picture: bytes) -> list[str]:
    for tried in _tries(_opened(picture)):
        codes = [code for code in zxingcpp.read_barcodes(tried) if code.text.strip()]
        if codes:
            return list(dict.fromkeys(code.text.strip() for code in _apart(codes)))
    return []


def _apart(codes: list[zxingcpp.Barcode]) -> list[zxingcpp.Barcode]:
    """The biggest first, without those within another: slanted bars are read wrong at times."""
    kept: dict[_Box, zxingcpp.Barcode] = {}
    for box, code in sorted(((_box(code), code) for code in codes), key=_area, reverse=True):
        if not any(_within(box, other) for other in kept):
            kept[box] = code
    return list(kept.values())


def _box(code: zxingcpp.Barcode) -> _Box:
    at = code.position
    corners = (at.top_left, at.top_right, at.bottom_left, at.bottom_right)
    across, down = [corner.x for corner in corners], [corner.y for corner in corners]
    return min(across), min(down), max(across), max(down)


def _area(found: tuple[_Box, zxingcpp.Barcode]) -> int:
    left, top, right, bottom = found[0]
    return (right - left) * (bottom - top)


def _within(box: _Box, other: _Box) -> bool:
    """Whether the middle of a box lies in another."""
    across, down = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return other[0] <= across <= other[2] and other[1] <= down <= other[3]


def _opened(picture: bytes) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(picture), formats=_FORMATS)
        if image.width * image.height > _MOST_PIXELS:
            raise LargePictureError(f"{image.width} × {image.height}")
        image.draft("L", (_LONGEST_SIDE, _LONGEST_SIDE))
        image.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
        return image.convert("L")
    except UnidentifiedImageError as error:
        raise (HeicPictureError if _HEIC.match(picture) else NoPictureError)(str(error)) from error
    except (Image.DecompressionBombError, OSError, SyntaxError) as error:
        raise NoPictureError(str(error)) from error


def _tries(image: Image.Image) -> Iterator[Image.Image]:
    """The picture as it is, then as it may be read better: a blurred or noisy photo at half its
    size, a slanted one turned (bars are found up to 15 degrees off upright or level), a negative.
    """
    yield image
    yield image.resize((max(1, image.width // 2), max(1, image.height // 2)))
    image.thumbnail((_TURNED_SIDE, _TURNED_SIDE))
    for degrees in (30, 60):
        yield image.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=_GREY)
    yield ImageOps.invert(image)
