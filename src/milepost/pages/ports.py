"""What the pages need from the floor below them; the roof wires it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from milepost.domain.track import Track


class Missing(Struct, frozen=True, kw_only=True):
    """What can be said of a number without a record.

    `candidates` are (carrier slug, probability 0 to 1), the likeliest first. `problems` are any of
    `check_digit`, `length`, `characters`, `format`; another word is shown as "something is wrong".
    """

    number: str
    ambiguous: bool = False
    candidates: tuple[tuple[str, float], ...] = ()
    problems: tuple[str, ...] = ()


class Lookup(Protocol):
    """Tracks in the public view: personal data in them is already masked."""

    async def track(self, number: str) -> Track | None:
        """The road of one number, None where there is no record."""

    async def track_many(self, numbers: Sequence[str]) -> Mapping[str, Track]:
        """The roads of those of the numbers that have a record, by the number asked for."""

    def explain(self, number: str) -> Missing:
        """What a number without a record could be."""

    def carrier_name(self, slug: str, locale: str) -> str:
        """A carrier's name for readers; the slug itself where it is not known."""

    def extract(self, text: str) -> list[str]:
        """The tracking numbers in a pasted text, normalised, in order, each once."""

    def live(self, number: str) -> AsyncIterator[None]:
        """Yields each time that the road of the number has changed."""
