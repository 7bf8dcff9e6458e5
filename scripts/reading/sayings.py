"""The sentences that the files of sayings beside this one stand for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

_SLOT = re.compile(r"\{(\w+)\}|\(([^()]*)\)")


class Saying(NamedTuple):
    """A sentence, the main statuses that it may tell, and the pattern it was drawn from."""

    text: str
    mains: tuple[str, ...]
    pattern: str


def sayings(path: Path, each: int, seed: int = 0) -> Iterator[Saying]:
    """Up to `each` different sentences of every pattern of a file; a seed draws the same ones."""
    data = tomllib.loads(path.read_text("utf-8"))
    rng = Random(f"{path.name} {seed}")
    for label, patterns in data["say"].items():
        for pattern in patterns:
            drawn = {said(pattern, data["slots"], rng) for _ in range(3 * each)} - {""}
            for text in sorted(drawn)[:each]:
                yield Saying(text, tuple(label.split(" | ")), pattern)


def said(pattern: str, slots: dict[str, str], rng: Random) -> str:
    """One sentence of a pattern: each `{slot}` and each `(a|b|)` replaced by one of its words."""
    while match := _SLOT.search(pattern):
        choices = slots[match[1]] if match[1] else match[2]
        pattern = pattern[: match.start()] + rng.choice(choices.split("|")) + pattern[match.end() :]
    return re.sub(r" +", " ", pattern).strip()
