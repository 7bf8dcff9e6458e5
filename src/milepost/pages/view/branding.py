"""A merchant's colours made readable, and the addresses of his style sheet and logo."""

from __future__ import annotations

import re
from hashlib import sha256
from urllib.parse import quote

from milepost.pages.ports import Brand

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_READABLE = 4.5
_LIGHT_GROUND, _DARK_GROUND = (1.0, 1.0, 1.0), (0.09, 0.1, 0.105)
Colour = tuple[float, float, float]


def style_of(brand: Brand) -> str:
    """The style sheet of a brand: its accent, darkened or lightened until it can be read on the
    page's ground. Empty where the brand has no colour of its own.
    """
    if brand.accent is None or not _COLOUR.fullmatch(brand.accent):
        return ""
    dark = brand.accent_dark if _COLOUR.fullmatch(brand.accent_dark or "") else brand.accent
    assert dark is not None
    return (
        f":root{{{_rules(brand.accent, _LIGHT_GROUND, towards=0.0)}}}\n"
        f"@media(prefers-color-scheme:dark){{:root{{{_rules(dark, _DARK_GROUND, towards=1.0)}}}}}\n"
    )


def brand_url(brand: Brand) -> str | None:
    """The address of the style sheet, which changes with its content."""
    style = style_of(brand)
    if not style:
        return None
    return f"/brand/{(brand.accent or '')[1:]}-{(brand.accent_dark or '')[1:] or 'same'}.css"


def logo_url(brand: Brand, number: str | None) -> str | None:
    """The address of the logo of a number's merchant, which changes with its content."""
    if brand.logo is None:
        return None
    whose = f"?number={quote(number, safe='')}" if number else ""
    return f"/brand/logo/{logo_name(brand)}{whose}"


def logo_name(brand: Brand) -> str:
    """The logo's name: the hash of its bytes."""
    return sha256(brand.logo[1]).hexdigest()[:16] if brand.logo else ""


def _rules(colour: str, ground: Colour, *, towards: float) -> str:
    accent = _readable(_parse(colour), ground, towards)
    ink = (1.0, 1.0, 1.0) if _contrast(accent, (1.0, 1.0, 1.0)) >= _READABLE else (0.03, 0.04, 0.05)
    wash = _mixed(accent, ground, 0.13)
    # A wash takes some of the contrast away, so the accent is measured against it once more.
    accent = _readable(accent, wash, towards)
    return f"--accent:{_text(accent)};--accent-ink:{_text(ink)};--accent-wash:{_text(wash)}"


def _readable(colour: Colour, ground: Colour, towards: float) -> Colour:
    for _ in range(40):
        if _contrast(colour, ground) >= _READABLE:
            break
        colour = _mixed(colour, (towards, towards, towards), 0.93)
    return colour


def _mixed(colour: Colour, other: Colour, part: float) -> Colour:
    red, green, blue = (a * part + b * (1 - part) for a, b in zip(colour, other, strict=True))
    return red, green, blue


def _contrast(one: Colour, other: Colour) -> float:
    """The ratio of WCAG 2."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parse(colour: str) -> Colour:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _text(colour: Colour) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour)
