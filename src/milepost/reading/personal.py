"""Phone numbers and names of persons in a scan text, found and masked."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib.resources import files

from .result import Personal

# What stands behind this in a text is not looked at, and therefore not shown by `mask` either.
LIMIT = 20_000

_DATA = tomllib.loads((files(__package__) / "personal.toml").read_text("utf-8"))


def _alternatives(rows: Iterable[str]) -> str:
    return "|".join(f"(?:{row})" for row in rows)


_PHONE = re.compile(_alternatives(_DATA["phone"]["patterns"]))
_PHONE_HAN = re.compile(_alternatives(_DATA["phone"]["patterns"] + _DATA["phone"]["hot_lines"]))
_HAN = re.compile(r"[\u4e00-\u9fff]")
_NUMBER_BEFORE = re.compile(
    rf"(?:{_alternatives(_DATA['phone']['not_after'])})\W{{0,6}}$", re.IGNORECASE
)
_NAMES = [
    re.compile(
        pattern.replace("<surname>", _DATA["name"]["surname"]).replace(
            "<person>", _DATA["name"]["person"]
        )
    )
    for pattern in _DATA["name"]["patterns"]
]
_NO_NAME = re.compile(rf"(?:{_alternatives(_DATA['name']['never'])})", re.IGNORECASE)
_HAS_DIGITS = re.compile(r"\d\D?\d\D?\d")


def find_personal(text: str) -> tuple[Personal, ...]:
    """Phones and names in `text`, in order and without overlap; offsets in `text` itself."""
    head = text[:LIMIT]
    found = [*_phones(head), *_persons(head)]
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
    for pattern in _NAMES:
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
