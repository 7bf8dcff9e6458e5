"""Long numbers that went through a spreadsheet, which keeps 15 digits of them."""

from __future__ import annotations

import re
from decimal import Decimal

KEPT_DIGITS = 15
_SCIENTIFIC = re.compile(r"\d(?:[.,](\d+))?[eE]\+?(\d{1,3})")


def cell_of(value: float) -> str:
    """A number of a cell as text; in scientific notation where its last digits are lost."""
    if isinstance(value, float) and not value.is_integer():
        return str(value)
    digits = str(int(value))
    lost = len(digits.lstrip("-")) > KEPT_DIGITS and not digits.lstrip("-")[KEPT_DIGITS:].strip("0")
    if lost or (isinstance(value, float) and abs(value) >= 10**KEPT_DIGITS):
        return f"{Decimal(value):.{KEPT_DIGITS - 1}E}"
    return digits


def whole(text: str) -> str:
    """A number as it was before a spreadsheet wrote `7.7300043006822E+14`. Raises ValueError where
    digits are lost.
    """
    found = _SCIENTIFIC.fullmatch(text.strip())
    if not found:
        return text
    if len(found[1] or "") < int(found[2]) or int(found[2]) >= KEPT_DIGITS:
        raise ValueError(f"'{text}' was rounded by a spreadsheet: write the column as text")
    return str(int(Decimal(text.strip().replace(",", "."))))
