"""Texts of letters to people and of the care page: `notify/<locale>.toml`, read when asked for."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from milepost.locale.catalogue import DEFAULT, LOCALES, UnknownTextError, flatten
from milepost.locale.check import fields

_HERE = files(__package__) / "notify"


@cache
def texts(locale: str) -> dict[str, str]:
    """A catalogue by dotted keys."""
    table = tomllib.loads((_HERE / f"{locale}.toml").read_text("utf-8"))
    return {key: str(text) for key, text in flatten(table)}


def say(key: str, locale: str, **values: Any) -> str:
    """The text of `key` with its `{names}` filled in. Raises UnknownTextError."""
    text = texts(locale).get(key)
    if text is None:
        raise UnknownTextError(f"notify/{locale}.toml has no {key}")
    return text.format_map(values) if values else text


def problems() -> list[str]:
    """What is missing, superfluous, empty or at odds with English, one sentence each."""
    needed = texts(DEFAULT)
    found = []
    for name in LOCALES:
        rows = texts(name)
        found += [
            f"notify/{name}.toml: {key} is missing" for key in sorted(set(needed) - set(rows))
        ]
        found += [
            f"notify/{name}.toml: {key} is in no other" for key in sorted(set(rows) - set(needed))
        ]
        for key in set(rows) & set(needed):
            if not rows[key] or fields(rows[key]) != fields(needed[key]):
                found.append(f"notify/{name}.toml: {key} lacks text or fields")
            elif name != DEFAULT and rows[key] == needed[key] and len(needed[key].split()) > 3:
                found.append(f"notify/{name}.toml: {key} is not translated")
    return found
