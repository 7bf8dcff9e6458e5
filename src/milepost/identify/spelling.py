"""One spelling for a tracking number, however it was typed, pasted or scanned."""

from __future__ import annotations

import re
import unicodedata

from milepost.identify.formats import load_formats

_DASHES = re.compile("[\u058a\u05be\u2010-\u2015\u2043\u207b\u2212\u30fc]")
_NOISE = re.compile(r"[\s\x00-\x1f\x7f.,;:·_()\[\]{}<>*#'\"`|%]")
_UPPER = {ord(lower): lower.upper() for lower in "abcdefghijklmnopqrstuvwxyz"}


def normalise(number: str) -> str:
    """`number` upper-case and free of spaces, dashes, dots and invisible characters.

    Full-width characters become plain ones. A dash stays only where it separates a piece number
    that a carrier prints (its format says so). Never raises; normalising twice changes nothing.
    """
    if number.isascii() and number.isalnum():
        return number.upper()
    while (plain := _plain(number)) != number:
        number = plain
    return number


def _plain(number: str) -> str:
    if not number.isascii():
        number = _DASHES.sub("-", unicodedata.normalize("NFKC", number))
        number = "".join(char for char in number if unicodedata.category(char)[0] not in "CM")
    number = _NOISE.sub("", number.translate(_UPPER))
    return number if _names_piece(number) else number.replace("-", "")


def _names_piece(number: str) -> bool:
    if "-" not in number:
        return True
    return any(piece.fullmatch(number) for piece in load_formats().pieces)
