"""Filters that live in the address: read from it, and written back with one of them changed."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode


class Filters:
    """The known filters of a page's address; what is unknown in it is dropped."""

    def __init__(self, path: str, given: Mapping[str, str], known: tuple[str, ...]) -> None:
        self.path = path
        self.values = {
            name: given[name].replace("\x00", "")[:200].strip()
            for name in known
            if given.get(name, "").strip()
        }

    def get(self, name: str, default: str = "") -> str:
        return self.values.get(name, default)

    def __bool__(self) -> bool:
        return bool(self.values)

    @property
    def query(self) -> str:
        """As it is saved in a view; the same filters give the same text."""
        return urlencode(sorted(self.values.items()))

    def with_(self, **changed: str | int | None) -> str:
        """The address with these filters changed (None: without it)."""
        values = self.values | {name: str(one) for name, one in changed.items() if one is not None}
        kept = {name: one for name, one in values.items() if changed.get(name, "") is not None}
        return f"{self.path}?{urlencode(sorted(kept.items()))}" if kept else self.path

    def saved(self, query: str) -> str:
        """The address of a saved view."""
        return f"{self.path}?{query}" if query else self.path
