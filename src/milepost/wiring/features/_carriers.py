"""How carriers are called."""

from __future__ import annotations

from milepost.carriers import registry


def carrier_name(slug: str, locale: str) -> str:
    """A carrier's name for readers; the slug itself where it is not known."""
    carrier = registry.find(slug)
    if carrier is None:
        return slug
    return (carrier.name_zh or carrier.name) if locale.startswith("zh") else carrier.name
