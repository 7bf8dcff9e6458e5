"""What the engine asks the carriers' folders for."""

from __future__ import annotations

from collections.abc import Mapping

from milepost.carriers import registry
from milepost.engine.ports import CodeLike


class Tables:
    """The carriers' folders as the engine asks for them."""

    def codes(self, slug: str) -> Mapping[str, CodeLike]:
        return registry.codes(slug)

    def zone(self, slug: str) -> str | None:
        found = registry.find(slug)
        return found.time_zone if found else None

    def country(self, slug: str) -> str | None:
        found = registry.find(slug)
        return found.country if found else None

    def slug(self, name: str) -> str:
        found = registry.find(name)
        return found.slug if found else name.lower()
