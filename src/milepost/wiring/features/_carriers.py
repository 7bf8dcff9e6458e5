"""How carriers are called."""

from __future__ import annotations

from milepost.carriers import registry
from milepost.locale.han import carrier_in_han


def carrier_name(slug: str, locale: str) -> str:
    """A carrier's name for readers; the slug itself where it is not known."""
    carrier = registry.find(slug)
    if carrier is None:
        return slug
    if not locale.startswith("zh"):
        return carrier.name
    return carrier_in_han(carrier.name_zh or carrier.name, locale)
