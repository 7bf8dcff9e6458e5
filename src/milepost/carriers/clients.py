"""The sources that can be asked: connector folders with a `client.py`."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import cast

from milepost.carriers.discovery import folders
from milepost.carriers.registry import carriers, find
from milepost.engine.polling import Source


@lru_cache(maxsize=1)
def clients() -> dict[str, Source]:
    """Every source that can be asked, by slug. A broken client is left out."""
    packages = {folder.name: folder for folder in folders() if folder.has("client.py")}
    found: dict[str, Source] = {}
    for slug, carrier in carriers().items():
        folder = packages.get(carrier.folder)
        if folder is not None:
            made = import_module(f"{folder.package}.client").Client()
            found[slug] = cast("Source", made)
    return found


def client(source: str) -> tuple[str, Source] | None:
    """(slug, client) of a source's slug, name or alias."""
    known = find(source)
    made = clients().get(known.slug) if known is not None else None
    return None if known is None or made is None else (known.slug, made)
