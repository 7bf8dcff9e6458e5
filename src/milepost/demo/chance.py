"""Reproducible chance: each shipment draws from a stream of its own."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import TypeVar

Key = TypeVar("Key")


class Chance(random.Random):
    """A stream of draws named by its parts; the same parts give the same draws."""

    @classmethod
    def of(cls, *parts: object) -> Chance:
        """The stream that belongs to these parts."""
        return cls(":".join(map(str, parts)))

    def hit(self, probability: float) -> bool:
        """True with this probability."""
        return self.random() < probability

    def weighted(self, weights: Mapping[Key, float]) -> Key:
        """One key, drawn by its weight."""
        return self.choices(list(weights), list(weights.values()))[0]
