"""The templates of the buyer's pages, and what has to be read before the first of them is fast."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from urllib.parse import quote

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from milepost.locale.catalogue import CLDR, LOCALES
from milepost.pages.roadmap.land import land

NBSP = "\N{NO-BREAK SPACE}"


@cache
def templates() -> Environment:
    """The one environment of all buyer's pages: each template is compiled once in a process."""
    environment = Environment(
        loader=ChoiceLoader(
            [PackageLoader("milepost.pages"), PackageLoader("milepost.pages.care")]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number_url"] = number_url
    environment.filters["phrases"] = phrases
    return environment


def warm() -> None:
    """Compile every template and read every language and the map: no reader waits for it."""
    environment = templates()
    for name in environment.list_templates():
        environment.get_template(name)
    for locale in LOCALES:
        CLDR[locale].days  # noqa: B018 - reads the catalogue and the names of days
    land()


def number_url(number: str) -> str:
    """The page of a number."""
    return f"/t/{quote(number, safe='')}"


def batch_url(numbers: Iterable[str]) -> str:
    """The page that lists numbers."""
    return "/?n=" + ",".join(quote(number, safe="") for number in numbers)


def phrases(text: str) -> Markup:
    """The text with what no-break spaces hold together in elements that do not wrap, so that
    the text itself, when copied or searched, has plain spaces.
    """
    parts = [escape(part) for part in text.split(" ")]
    held = [
        Markup("<span class=held>{}</span>").format(part) if NBSP in part else part
        for part in parts
    ]
    return Markup(" ").join(held).replace(NBSP, " ")
