"""Why nothing is known of a number, and what to do: `norecord/<locale>.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from milepost.locale.catalogue import DEFAULT, LOCALES
from milepost.locale.check import fields

_HERE = files(__package__) / "norecord"


@cache
def texts(locale: str) -> dict[str, dict[str, str]]:
    """Reason → `text` and `do`."""
    return tomllib.loads((_HERE / f"{locale}.toml").read_text("utf-8"))


def said(code: str, locale: str, carrier: str = "") -> tuple[str, str]:
    """What a reason means, and what to do about it."""
    row = texts(locale)[code]
    return row["text"].format(carrier=carrier), row["do"]


def problems() -> list[str]:
    """What is missing or at odds with English, one sentence each."""
    needed, found = texts(DEFAULT), list[str]()
    for name in LOCALES:
        rows = texts(name)
        odd = sorted(set(needed) ^ set(rows))
        found += [f"norecord/{name}.toml: {code} is missing or in no other" for code in odd]
        for code in set(rows) & set(needed):
            for part in ("text", "do"):
                told = rows[code].get(part, "")
                if not told or fields(told) != fields(needed[code][part]):
                    found.append(f"norecord/{name}.toml: {code}.{part} lacks text or fields")
    return found
