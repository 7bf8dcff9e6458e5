"""The number as a bar code, for counters that scan a telephone and for paper."""

from __future__ import annotations

import re
from functools import lru_cache

import zxingcpp
from msgspec import Struct

_WIDTH = re.compile(r'width="(\d+)"')
_PATH = re.compile(r'<path d="([^"]+)"')
_LONGEST = 40
HEIGHT = 50


class Bars(Struct, frozen=True):
    """A path in a box of `width` × `HEIGHT`, without the quiet zones at its sides."""

    width: int
    path: str


@lru_cache(512)
def bars(number: str) -> Bars | None:
    """Code 128; None for what is too long for it or has other than ASCII signs."""
    if not number.isascii() or not number.isprintable() or not 0 < len(number) <= _LONGEST:
        return None
    code = zxingcpp.create_barcode(number, zxingcpp.BarcodeFormat.Code128)
    drawn = zxingcpp.write_barcode_to_svg(code, add_quiet_zones=False)
    width, path = _WIDTH.search(drawn), _PATH.search(drawn)
    return Bars(int(width[1]), path[1]) if width and path else None
