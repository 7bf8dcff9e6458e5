"""The catalogues `<locale>.toml`, read once, and the look-up of one text."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from babel import Locale

from milepost.domain.status import main_of

PLURALS = frozenset({"zero", "one", "two", "few", "many", "other"})
DEFAULT = "en"

Message = str | dict[str, str]


class UnknownTextError(LookupError):
    """There is no text of that key in that catalogue."""


def flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Message]]:
    """The (dotted key, text or plural forms) pairs of a catalogue's tables."""
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict) and not PLURALS.issuperset(value):
            yield from flatten(value, f"{key}.")
        else:
            yield key, value


class _Catalogues(dict[str, dict[str, Message]]):
    """Read when first asked for: a command that speaks one language need not wait for all."""

    def __missing__(self, name: str) -> dict[str, Message]:
        if name not in LOCALES:
            raise KeyError(name)
        self[name] = dict(flatten(tomllib.loads((_HERE / f"{name}.toml").read_text("utf-8"))))
        return self[name]


class _Cldr(dict[str, Locale]):
    """Babel's data of each catalogue's `meta.cldr`."""

    def __missing__(self, name: str) -> Locale:
        self[name] = Locale.parse(str(CATALOGUES[name]["meta.cldr"]))
        return self[name]


_HERE = files(__package__)
LOCALES = tuple(
    sorted(
        path.name.removesuffix(".toml") for path in _HERE.iterdir() if path.name.endswith(".toml")
    )
)
CATALOGUES = _Catalogues()
CLDR = _Cldr()


def has(key: str, locale: str) -> bool:
    """Whether the catalogue of `locale` has a text of that key."""
    return key in CATALOGUES[locale]


def translate(key: str, locale: str, **values: Any) -> str:
    """The text of `key` with its `{names}` filled in; a plural text is chosen by the value `n`.

    Raises UnknownTextError where the catalogue has no such key.
    """
    message = CATALOGUES[locale].get(key)
    if message is None:
        raise UnknownTextError(f"{locale}.toml has no {key}")
    if isinstance(message, dict):
        message = message[CLDR[locale].plural_form(values["n"])]
    return message.format_map(values) if values else message


def status_label(sub: str, locale: str) -> str:
    """A status in a few words. A sub that is not in the catalogue is shown as its main."""
    for key in (f"status.{sub}", f"main.{main_of(sub)}", "main.unknown"):
        if has(key, locale):
            return translate(key, locale)
    raise UnknownTextError(f"{locale}.toml has no main.unknown")
