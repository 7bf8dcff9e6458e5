"""What is known of tracking numbers (Format) and what is said of one (Identification)."""

from __future__ import annotations

from msgspec import Struct

from milepost.identify.checksums import Checksum


class Candidate(Struct, frozen=True):
    """One reading of a number. `probability` is 0 to 1; all candidates together stay below 1.

    checksum: "passed", or None where the format has none (one that fails is no candidate).
    """

    carrier: str
    format: str
    probability: float
    checksum: str | None
    business_type: str | None = None
    country: str | None = None


class Identification(Struct, frozen=True):
    """What a number may be, most probable first. `number` is the normalised one.

    ambiguous: more than one carrier fits and none of them is likely enough to rely on.
    """

    number: str
    ambiguous: bool
    candidates: tuple[Candidate, ...]
    problems: tuple[str, ...] = ()


class Pattern(Struct, frozen=True, forbid_unknown_fields=True):
    """A regex on the normalised number (see `patterns`) and its share of the format's numbers."""

    regex: str
    share: float = 1.0


class Business(Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of business that the number itself tells."""

    regex: str
    type: str


class Format(Struct, frozen=True, forbid_unknown_fields=True):
    """One number format, as a carrier's `numbers.toml` has it.

    share: of the carrier's own numbers (or 1 and less: shares are relative). country: where the
    carrier uses it. valid, invalid: invented examples that `check_formats` tries.
    """

    id: str
    name: str
    patterns: tuple[Pattern, ...]
    share: float = 1.0
    country: str | None = None
    checksum: Checksum | None = None
    business: tuple[Business, ...] = ()
    valid: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()
    source: str = ""


class CarrierNumbers(Struct, frozen=True, forbid_unknown_fields=True):
    """A `numbers.toml`. weight: parcels of this carrier among a thousand that people look up,
    coarsely; it is the prior belief before the tenant's own history is known."""

    weight: float
    format: tuple[Format, ...]
