"""What the pages need from the floor below them; the roof wires it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from milepost.domain.track import Forecast, Track


class Missing(Struct, frozen=True, kw_only=True):
    """What can be said of a number without a record.

    `candidates` are (carrier slug, probability 0 to 1), the likeliest first. `problems` are any of
    `check_digit`, `length`, `characters`, `format`; another word is shown as "something is wrong".
    `reasons` are (code of `engine.norecord`, numbers or carriers to try instead).
    """

    number: str
    ambiguous: bool = False
    candidates: tuple[tuple[str, float], ...] = ()
    problems: tuple[str, ...] = ()
    reasons: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Lookup(Protocol):
    """Tracks in the public view: personal data in them is already masked."""

    async def track(self, number: str) -> Track | None:
        """The road of one number, None where there is no record."""

    async def track_many(self, numbers: Sequence[str]) -> Mapping[str, Track]:
        """The roads of those of the numbers that have a record, by the number asked for."""

    async def forecasts(self, number: str) -> Sequence[Forecast]:
        """Every arrival window of the number's shipment, oldest first."""

    def explain(self, number: str) -> Missing:
        """What a number without a record could be."""

    def carrier_name(self, slug: str, locale: str) -> str:
        """A carrier's name for readers; the slug itself where it is not known."""

    def extract(self, text: str) -> list[str]:
        """The tracking numbers in a pasted text, normalised, in order, each once."""

    def live(self, number: str) -> AsyncIterator[None]:
        """Yields each time that the road of the number has changed."""


class Brand(Struct, frozen=True, kw_only=True):
    """How a merchant's pages look. `accent` and `accent_dark` are `#rrggbb`; `languages` are the
    locales offered (all where empty); `logo` is a file (media type, bytes) that we serve.
    """

    name: str = "Milepost"
    accent: str | None = None
    accent_dark: str | None = None
    logo: tuple[str, bytes] | None = None
    languages: tuple[str, ...] = ()
    url: str | None = None


class Reading(Struct, frozen=True):
    """One temperature: an aware time as RFC 3339 text, thousandths of a degree Celsius."""

    at: str
    temperature_mc: int


class ColdChain(Struct, frozen=True, kw_only=True):
    """What sensors near the parcel measured, oldest first, and what is allowed (None: unknown)."""

    readings: tuple[Reading, ...]
    least_mc: int | None = None
    most_mc: int | None = None


class Evidence(Struct, frozen=True):
    """A picture of the delivery, `photograph` or `signature`, and where it is seen for a while."""

    kind: str
    url: str


class Yours(Struct, frozen=True, kw_only=True):
    """What only the consignee may see; empty where nobody told."""

    name: str | None = None
    lines: tuple[str, ...] = ()
    phone: str | None = None
    evidence: tuple[Evidence, ...] = ()


class Extras:
    """What a page can show beyond the road. These answers are those of an installation that has
    nothing of it; the roof overrides what it has.
    """

    # Whether one-time codes can be sent.
    sends_codes: bool = False

    async def proves(self, number: str, token: str) -> bool:
        """Whether a link's token shows that its holder may see the parcel's personal data."""
        return False

    async def private(self, number: str) -> Track | None:
        """The road with the carrier's words verbatim, for those who have proved themselves."""
        return None

    async def yours(self, number: str) -> Yours:
        """Who receives, and the proof of delivery, for those who have proved themselves."""
        return Yours()

    async def send_code(self, number: str, locale: str = "en") -> None:
        """Send a one-time code to the consignee, in a language, if there is a way. Says nothing of
        whether.
        """

    async def redeem(self, number: str, code: str) -> str | None:
        """The token that a one-time code is worth, None where it is wrong or too old."""
        return None

    async def brand(self, number: str | None) -> Brand:
        """The brand of the merchant whose parcel it is; of the site where that is not known."""
        return Brand()

    async def cold_chain(self, number: str) -> ColdChain | None:
        """Temperatures on the way, None where nobody measured."""
        return None
