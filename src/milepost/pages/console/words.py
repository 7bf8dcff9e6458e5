"""What the console says: catalogues of its own, English where a language has none."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from milepost.locale import LOCALES, negotiate, translate
from milepost.locale.catalogue import CLDR, Message, flatten
from milepost.locale.check import fields

DEFAULT = "en"
# The frame around every page: it is there in all languages, whichever the page itself speaks.
_FRAME = ("menu.", "palette.", "keys_help.", "act.undo", "common.skip", "common.find",
          "common.find_short", "common.menu", "common.sign_out", "common.close",
          "common.peek")  # fmt: skip


@cache
def catalogue(locale: str) -> dict[str, Message]:
    """Every text of a language by its dotted key: of the console, and of the pages that are there
    in all languages (`insight`), which bring what they need of the frame.
    """
    return _table("console", locale) | _table("insight", locale)


@cache
def _table(folder: str, locale: str) -> dict[str, Message]:
    path = files("milepost.locale") / folder / f"{locale}.toml"
    return dict(flatten(tomllib.loads(path.read_text("utf-8")))) if path.is_file() else {}


def _in_frame(key: str) -> bool:
    return any(key.startswith(one) if one.endswith(".") else key == one for one in _FRAME)


@cache
def languages() -> tuple[str, ...]:
    """The languages that every page of the console speaks. The frame, analytics and the network
    speak all.
    """
    names = (path.name for path in (files("milepost.locale") / "console").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def language_for(chosen: str | None, remembered: str | None, accepted: str) -> str:
    """As the buyer's pages choose theirs, of all languages: that of the frame, and of the pages
    whose texts are there in every one.
    """
    return negotiate(chosen, remembered, accepted)


def page_language(wanted: str) -> str:
    """Of a page that is not there in all languages: English where it is not in the wanted one."""
    return next((one for one in (wanted, wanted.partition("-")[0]) if one in languages()), DEFAULT)


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
    whole = set(catalogue(DEFAULT))
    odd = [
        f"console/{one}.toml: {key} is {'missing' if key in whole else 'in no other'}"
        for one in languages()
        for key in sorted(whole ^ set(catalogue(one)))
    ]
    return [*odd, *(text for one in LOCALES for text in _of_insight(one))]


def _of_insight(locale: str) -> Iterator[str]:
    """The pages that are there in all languages need all of their texts in each."""
    frame = {} if locale in languages() else _table("console", DEFAULT)
    known = _table("insight", DEFAULT) | {
        key: text for key, text in frame.items() if _in_frame(key)
    }
    theirs, name = _table("insight", locale), f"insight/{locale}.toml"
    yield from (f"{name}: {key} is missing" for key in sorted(set(known) - set(theirs)))
    yield from (f"{name}: {key} is in no other" for key in sorted(set(theirs) - set(known)))
    for key in set(known) & set(theirs):
        if fields(known[key]) != fields(theirs[key]) or not theirs[key]:
            yield f"{name}: {key} is empty, or has other fields than in English"
