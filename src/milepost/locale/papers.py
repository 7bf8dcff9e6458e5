"""Texts of what goes on paper: `papers/<locale>.toml`, where we have a type face for it."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from milepost.locale.catalogue import CLDR, DEFAULT, LOCALES, Message, UnknownTextError, flatten
from milepost.locale.check import fields

_HERE = files(__package__) / "papers"


@cache
def languages() -> tuple[str, ...]:
    """The languages that papers are written in."""
    return tuple(one for one in LOCALES if (_HERE / f"{one}.toml").is_file())


def language_of(wanted: str) -> str:
    """English where there is no paper in the wanted language."""
    return wanted if wanted in languages() else DEFAULT


@cache
def _texts(locale: str) -> dict[str, Message]:
    return dict(flatten(tomllib.loads((_HERE / f"{locale}.toml").read_text("utf-8"))))


def say(key: str, locale: str, **values: Any) -> str:
    """The text of `key`; a plural is chosen by the value `n`. Raises UnknownTextError."""
    message = _texts(locale).get(key)
    if message is None:
        raise UnknownTextError(f"papers/{locale}.toml has no {key}")
    if isinstance(message, dict):
        message = message.get(CLDR[locale].plural_form(values["n"])) or message["other"]
    return message.format_map(values) if values else message


def problems() -> list[str]:
    """What is missing, superfluous or at odds with English, one sentence each."""
    needed = _texts(DEFAULT)
    return [
        f"papers/{name}.toml: {key} is missing, or has other fields than in English"
        for name in languages()
        for key in sorted(set(needed) | set(_texts(name)))
        if _fields(needed.get(key)) != _fields(_texts(name).get(key))
    ]


def _fields(message: Message | None) -> set[str] | None:
    return None if message is None else fields(message)
