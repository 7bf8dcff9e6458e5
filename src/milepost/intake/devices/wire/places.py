"""Coordinates as devices write them."""

from __future__ import annotations


def minutes(text: str, hemisphere: str = "") -> float:
    """Degrees of NMEA's `dddmm.mmmm` with a hemisphere letter; raises ValueError otherwise.

    A degree sign or dash may stand between the two (`-23-29.0095`); a minus sign and a southern or
    western letter say the same thing twice and count once.
    """
    text = text.strip()
    sign = -1 if text.startswith("-") or hemisphere.upper() in {"S", "W"} else 1
    text = text.lstrip("+-")
    if "-" in text:
        whole, _, rest = text.partition("-")
        return sign * (int(whole) + float(rest) / 60)
    value = float(text)
    degrees = int(value / 100)
    return sign * (degrees + (value - degrees * 100) / 60)


def degrees(text: str, hemisphere: str = "") -> float:
    """Decimal degrees with a sign or a hemisphere letter; raises ValueError otherwise."""
    value = float(text.strip())
    return -abs(value) if hemisphere.upper() in {"S", "W"} else value
