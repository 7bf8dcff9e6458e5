"""What the console says: catalogues of its own, in every language that Milepost speaks."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from milepost.locale import LOCALES, negotiate, translate
from milepost.locale.catalogue import CLDR, DEFAULT, Message, flatten
from milepost.locale.check import faults_of

# The pages, and what is reckoned on them.
FOLDERS = ("console", "insight")


@cache
def catalogue(locale: str) -> dict[str, Message]:
    """Every text of a language by its dotted key."""
    return {key: text for folder in FOLDERS for key, text in _table(folder, locale).items()}


@cache
def _table(folder: str, locale: str) -> dict[str, Message]:
    path = files("milepost.locale") / folder / f"{locale}.toml"
    return dict(flatten(tomllib.loads(path.read_text("utf-8")))) if path.is_file() else {}


def language_for(chosen: str | None, remembered: str | None, accepted: str) -> str:
    """As the buyer's pages choose theirs."""
    return negotiate(chosen, remembered, accepted)


@cache
def language_names() -> dict[str, str]:
    """Every language, and what it calls itself."""
    return {one: translate("meta.name", one) for one in LOCALES}


def say(key: str, locale: str, **values: object) -> str:
    """The text of a key, its `{names}` filled in; a plural is chosen by the value `n`."""
    message = catalogue(locale).get(key) or catalogue(DEFAULT).get(key)
    if message is None:
        raise LookupError(f"the console has no text {key}")
    if isinstance(message, dict):
        form = CLDR[locale].plural_form(float(str(values["n"])))
        message = message.get(form) or message["other"]
    return message.format_map(values) if values else message


def known(key: str) -> bool:
    """Whether there is such a text."""
    return key in catalogue(DEFAULT)


def problems() -> list[str]:
    """What is not translated, for tests and `milepost check`."""
    return [text for folder in FOLDERS for one in LOCALES for text in _of(folder, one)]


def _of(folder: str, locale: str) -> Iterator[str]:
    """Every language has all texts of both folders, with its own plural forms."""
    ours, theirs, name = _table(folder, DEFAULT), _table(folder, locale), f"{folder}/{locale}.toml"
    yield from (f"{name}: {key} is missing" for key in sorted(set(ours) - set(theirs)))
    yield from (f"{name}: {key} is in no other" for key in sorted(set(theirs) - set(ours)))
    for key in sorted(set(ours) & set(theirs)):
        found = faults_of(locale, theirs[key], ours[key])
        yield from (f"{name}: {key} {text}" for text in found)
