"""What the console says: catalogues of its own, English where a language has none."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from milepost.locale import negotiate
from milepost.locale.catalogue import CLDR, Message, flatten

DEFAULT = "en"


@cache
def catalogue(locale: str) -> dict[str, Message]:
    """Every text of a language by its dotted key."""
    path = files("milepost.locale") / "console" / f"{locale}.toml"
    return dict(flatten(tomllib.loads(path.read_text("utf-8"))))


@cache
def languages() -> tuple[str, ...]:
    """The languages that the console speaks."""
    names = (path.name for path in (files("milepost.locale") / "console").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def language_for(chosen: str | None, remembered: str | None, accepted: str) -> str:
    """As the buyer's pages choose theirs, as far as the console speaks it."""
    wanted = negotiate(chosen, remembered, accepted)
    return next((one for one in (wanted, wanted.partition("-")[0]) if one in languages()), DEFAULT)


def say(key: str, locale: str, **values: object) -> str:
    """The text of a key, its `{names}` filled in; a plural is chosen by the value `n`."""
    message = catalogue(locale).get(key) or catalogue(DEFAULT).get(key)
    if message is None:
        raise LookupError(f"the console has no text {key}")
    if isinstance(message, dict):
        message = message[CLDR[locale].plural_form(float(str(values["n"])))]
    return message.format_map(values) if values else message


def known(key: str) -> bool:
    """Whether there is such a text."""
    return key in catalogue(DEFAULT)


def problems() -> list[str]:
    """What is not translated, for tests and `milepost check`."""
    whole = set(catalogue(DEFAULT))
    return [
        f"console/{one}.toml: {key} is {'missing' if key in whole else 'in no other'}"
        for one in languages()
        for key in sorted(whole ^ set(catalogue(one)))
    ]
