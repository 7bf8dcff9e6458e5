"""Phone numbers and names of persons in a scan text, found and masked."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib.resources import files

from .markup import unmarked
from .normalise import respelt, simplified
from .result import Personal

# What stands behind this in a text is not looked at, and therefore not shown by `mask` either.
LIMIT = 20_000

_DATA = tomllib.loads((files(__package__) / "personal.toml").read_text("utf-8"))


def _alternatives(rows: Iterable[str]) -> str:
    return "|".join(f"(?:{simplified(row)})" for row in rows)


_PHONE = re.compile(_alternatives(_DATA["phone"]["patterns"]))
_PHONE_HAN = re.compile(_alternatives(_DATA["phone"]["patterns"] + _DATA["phone"]["hot_lines"]))
_HAN = re.compile(r"[\u4e00-\u9fff]")
_NUMBER_BEFORE = re.compile(
    rf"(?:{_alternatives(_DATA['phone']['not_after'])})\W{{0,6}}$", re.IGNORECASE
)


def _names(rows: Iterable[str]) -> list[tuple[re.Pattern[str], re.Pattern[str]]]:
    """The patterns, each with the letters without which no text can hold it."""
    name: dict[str, str] = _DATA["name"]
    filled = (
        row.replace("<surname>", name["surname"]).replace("<person>", name["person"])
        for row in map(simplified, rows)
    )
    return [(re.compile(row), _letters_of(row)) for row in filled]


def _letters_of(pattern: str) -> re.Pattern[str]:
    if _EAST_ASIAN.search(pattern):
        return _EAST_ASIAN
    if _OTHER.search(pattern):
        return _OTHER
    return _ANY if "\\u4e00" in pattern else _WESTERN


_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_WESTERN = re.compile(r"[A-Za-z\u00c0-\u058f]")
_OTHER = re.compile(r"[\u0590-\u0fff]")  # from Hebrew to Thai
_ANY = re.compile("")
_NAMES = _names(_DATA["name"]["patterns"])
_BESIDE_A_PHONE = _names(_DATA["name"]["beside_a_phone"])
_NO_NAME = re.compile(rf"(?:{_alternatives(_DATA['name']['never'])})", re.IGNORECASE)
_HAS_DIGITS = re.compile(r"\d\D?\d\D?\d")


def find_personal(text: str) -> tuple[Personal, ...]:
    """Phones and names in `text`, in order and without overlap; offsets in `text` itself."""
    head, origins = unmarked(text[:LIMIT])
    head = respelt(head)
    found = [*_phones(head), *_persons(head)]
    if origins is not None:
        found = [Personal(one.kind, origins[one.start], origins[one.end]) for one in found]
    found.sort(key=lambda span: (span.start, -span.end))
    kept: list[Personal] = []
    for span in found:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return tuple(kept)


def _phones(text: str) -> Iterable[Personal]:
    if not _HAS_DIGITS.search(text):
        return
    for match in (_PHONE_HAN if _HAN.search(text) else _PHONE).finditer(text):
        if not _NUMBER_BEFORE.search(text[max(0, match.start() - 30) : match.start()]):
            yield Personal("phone", match.start(), match.end())


def _persons(text: str) -> Iterable[Personal]:
    patterns = [*_NAMES, *_BESIDE_A_PHONE] if _HAS_DIGITS.search(text) else _NAMES
    spoken = {letters for letters in (_EAST_ASIAN, _WESTERN, _OTHER, _ANY) if letters.search(text)}
    for pattern, letters in patterns:
        if letters not in spoken:
            continue
        for match in pattern.finditer(text):
            start, end = match.span("name")
            name = match["name"].rstrip()
            if name.strip("* ") and not _NO_NAME.search(name):
                yield Personal("name", start, end - len(match["name"]) + len(name))


def mask(text: str, personal: tuple[Personal, ...] | None = None) -> str:
    """`text` with personal data starred out: phones keep their first three and last two digits,
    names their first character. Spans are found here when None is given; what lies behind the
    first 20,000 characters is then cut off, for it was not looked at.
    """
    if personal is None:
        personal = find_personal(text)
        text = text[:LIMIT]
    for span in sorted(personal, key=lambda item: item.start, reverse=True):
        piece = text[span.start : span.end]
        hidden = _mask_phone(piece) if span.kind == "phone" else _mask_name(piece)
        text = text[: span.start] + hidden + text[span.end :]
    return text


def _mask_phone(phone: str) -> str:
    digits = [at for at, char in enumerate(phone) if char.isdigit()]
    hidden = set(digits[3:-2] if len(digits) > 5 else digits[2:-1])
    return "".join("*" if at in hidden else char for at, char in enumerate(phone))


def _mask_name(name: str) -> str:
    return name[:1] + "".join(" " if char == " " else "*" for char in name[1:])
