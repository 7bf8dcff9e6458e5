"""Personal data in values that have no shape of ours: measurements, and extensions of EPCIS."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files
from typing import Any

from milepost.reading import mask

_table = tomllib.loads((files(__package__) / "personal_fields.toml").read_text("utf-8"))
_WHOLE = re.compile("|".join(f"(?:{one})" for one in _table["whole"]))
_EMAIL = re.compile(_table["email"])
_LAST = re.compile(r"[^:/#}]*$")
_NO_LETTERS = re.compile(r"[\W_]+")
_REMEMBERED = 65_536
DEEPEST = 64
_PLAIN = (int, float, bool, type(None))


def concealed(value: Any, looks_at: Callable[[str], bool] = lambda _: True) -> Any:
    """A value without personal data; the very same object where it has none.

    `looks_at` says of a field's name whether what stands in it, at any depth, is looked at.
    """
    if type(value) is dict and _harmless(value):
        return value
    return _walk(value, looks_at, person=False, depth=0)


def _harmless(value: dict[str, Any]) -> bool:
    """Whether a flat object has nothing to hide, as nearly all have: this is done for each scan."""
    if not _nobodys(tuple(value)):
        return False
    for one in value.values():
        kind = type(one)
        if kind in _PLAIN or (kind is str and hidden_text(one) == one):
            continue
        if kind is not list or not all(type(each) in _PLAIN for each in one):
            return False
    return True


@lru_cache(maxsize=4_096)
def _nobodys(fields: tuple[str, ...]) -> bool:
    return not any(map(names_person, fields))


@lru_cache(maxsize=_REMEMBERED)
def hidden_text(text: str) -> str:
    """A text without telephone numbers, names of persons and addresses of electronic mail."""
    if text.startswith(("urn:", "http://", "https://")):
        return text
    return mask(emails_hidden(text))


def emails_hidden(text: str) -> str:
    """A text with addresses of electronic mail starred out."""
    return _EMAIL.sub(_stars, text) if "@" in text else text


@lru_cache(maxsize=4_096)
def names_person(field: str) -> bool:
    """Whether a field of this name is about a person."""
    last = _LAST.search(field)
    return bool(last and _WHOLE.fullmatch(_NO_LETTERS.sub("", last[0].lower())))


def _walk(value: Any, looks_at: Callable[[str], bool], *, person: bool, depth: int) -> Any:
    if depth > DEEPEST:
        return None
    if isinstance(value, dict):
        return _fields(value, looks_at, person=person, depth=depth)
    if isinstance(value, list | tuple):
        items = [_walk(one, looks_at, person=person, depth=depth + 1) for one in value]
        changed = any(new is not old for new, old in zip(items, value, strict=True))
        return items if changed else value
    if isinstance(value, str):
        masked = _starred(value) if person else hidden_text(value)
        return value if masked == value else masked  # what is remembered is another object
    return _starred(str(value)) if person and _is_number(value) else value


def _fields(
    value: dict[str, Any], looks_at: Callable[[str], bool], *, person: bool, depth: int
) -> Any:
    items = {
        name: _walk(one, looks_at, person=person or names_person(name), depth=depth + 1)
        if looks_at(name)
        else one
        for name, one in value.items()
    }
    return items if any(items[name] is not one for name, one in value.items()) else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _starred(text: str) -> str:
    if not text or text.startswith(("urn:", "http://", "https://")):
        return text
    return text[:1] + "*" * min(len(text) - 1, 8)


def _stars(found: re.Match[str]) -> str:
    return _starred(found[0])
