"""Figures as readers type them."""

from __future__ import annotations

import unicodedata


def ascii_digits(text: str) -> str:
    """The text with the digits of every script (`٤٤١`, `๔๔๑`) as 0 to 9."""
    return "".join(_digit(char) for char in text)


def _digit(char: str) -> str:
    value = None if char.isascii() else unicodedata.decimal(char, None)
    return char if value is None else str(value)
