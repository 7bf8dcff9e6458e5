"""The table of GS1 keys, and the check digit that they share."""

from __future__ import annotations

from importlib import resources

import msgspec
from msgspec import Struct


class BadKeyError(ValueError):
    """An identifier that breaks the rules of its own scheme; the text says which."""


class Key(Struct, frozen=True, kw_only=True):
    """One scheme of EPC URNs and its application identifier; see keys.toml."""

    scheme: str
    ai: str
    digits: int | None = None
    most: int | None = None
    lead: bool = False
    zero: bool = False
    tail: bool = False
    numeric: bool = False
    pieces: bool = False
    qualifier: str | None = None
    none: str | None = None
    serial_most: int | None = None

    @property
    def body(self) -> int:
        """How many digits stand before the check digit in a Digital Link."""
        assert self.digits is not None
        return self.digits + (1 if self.zero else 0)


class _Table(Struct):
    key: tuple[Key, ...]


_text = resources.files(__package__).joinpath("keys.toml").read_bytes()
KEYS: dict[str, Key] = {
    one.scheme: one for one in msgspec.toml.decode(_text, type=_Table).key
}  # fmt: skip
# Of the schemes that share a GTIN, the one with the serial number speaks for it.
BY_AI: dict[str, Key] = {one.ai: one for one in reversed(KEYS.values())}
# Key qualifiers that may follow a primary key, in the order that Digital Link wants.
QUALIFIERS = {
    "01": ("22", "10", "21", "235"), "8006": ("22", "10", "21"), "8010": ("8011",),
    "414": ("254", "7040"), "8017": ("8019",), "8018": ("8019",),
}  # fmt: skip
# Names that early Digital Links used in place of application identifiers.
NAMES = {
    "gtin": "01", "itip": "8006", "cpid": "8010", "gln": "414", "party": "417", "gsrnp": "8017",
    "gsrn": "8018", "gcn": "255", "sscc": "00", "gdti": "253", "ginc": "401", "gsin": "402",
    "grai": "8003", "giai": "8004", "cpv": "22", "lot": "10", "ser": "21",
}  # fmt: skip


def check_digit(digits: str) -> str:
    """The GS1 check digit (modulo 10, weights 3 and 1 from the right) of what stands before it."""
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(digits[::-1]))
    return str(-total % 10)
