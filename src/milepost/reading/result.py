"""What reading a scan text gives."""

from __future__ import annotations

from msgspec import Struct


class Personal(Struct, frozen=True):
    """A span of personal data: `kind` is `phone` or `name`; offsets count in the ORIGINAL text."""

    kind: str
    start: int
    end: int


class Reading(Struct, frozen=True):
    """The meaning of one scan text.

    `main` is `unknown` and `sub` None where the text does not tell. `place` is where the parcel
    is, `place_city` its city where the text names it apart, `next_place` the announced next stop;
    all three are pieces of the text. `rule` names the rule that decided.
    """

    main: str
    sub: str | None
    place: str | None = None
    place_city: str | None = None
    next_place: str | None = None
    personal: tuple[Personal, ...] = ()
    rule: str | None = None
