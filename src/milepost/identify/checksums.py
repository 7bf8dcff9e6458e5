"""Check digits. Each kind is a function `(serial, check, checksum) -> bool`; pure, never raises
on characters of a normalised number."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle

from msgspec import Struct

_MOD_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


class Checksum(Struct, frozen=True, forbid_unknown_fields=True):
    """What a format's file says of its check digit.

    kind: a key of `KINDS`. weights: from the right for mod10 (repeated), from the left for
    weighted. moduli: for weighted, applied one after the other. prefix: characters that the
    check digit counts though they are not printed.
    """

    kind: str
    weights: tuple[int, ...] = ()
    moduli: tuple[int, ...] = ()
    prefix: str = ""


def digit_values(text: str) -> list[int]:
    """Digits as they are; letters as GS1-like labels count them (A is 2, H is 9, I is 0)."""
    return [int(char) if char.isdigit() else (ord(char) - 63) % 10 for char in text]


def _s10(serial: str, check: str, _: Checksum) -> bool:
    total = sum(weight * int(char) for weight, char in zip(_S10_WEIGHTS, serial, strict=True))
    expected = 11 - total % 11
    return int(check) == {10: 0, 11: 5}.get(expected, expected)


def _mod7(serial: str, check: str, _: Checksum) -> bool:
    return int(serial) % 7 == int(check)


def _mod10(serial: str, check: str, rule: Checksum) -> bool:
    pairs = zip(reversed(digit_values(serial)), cycle(rule.weights), strict=False)
    return (sum(value * weight for value, weight in pairs) + int(check)) % 10 == 0


def _luhn(serial: str, check: str, _: Checksum) -> bool:
    doubled = sum(_DOUBLED[int(char)] for char in serial[::-2])
    return (doubled + sum(map(int, serial[-2::-2])) + int(check)) % 10 == 0


def _weighted(serial: str, check: str, rule: Checksum) -> bool:
    total = sum(weight * int(char) for weight, char in zip(rule.weights, serial, strict=True))
    for modulus in rule.moduli:
        total %= modulus
    return total == int(check)


def _mod11(serial: str, check: str, rule: Checksum) -> bool:
    total = sum(weight * int(char) for weight, char in zip(rule.weights, serial, strict=True))
    return (11 - total % 11) % 11 % 10 == int(check)


def _mod_37_36(serial: str, check: str, _: Checksum) -> bool:
    """ISO 7064 MOD 37,36: the check is a digit or a letter."""
    product = 36
    for char in serial:
        total = (product + _MOD_36.index(char)) % 36 or 36
        product = total * 2 % 37
    return (product + _MOD_36.index(check)) % 36 == 1


KINDS: dict[str, Callable[[str, str, Checksum], bool]] = {
    "s10": _s10,
    "mod7": _mod7,
    "mod10": _mod10,
    "mod11": _mod11,
    "mod_37_36": _mod_37_36,
    "luhn": _luhn,
    "weighted": _weighted,
}


def passes(rule: Checksum, serial: str, check: str) -> bool:
    """Whether `check` is the check digit of `serial` by `rule`."""
    return KINDS[rule.kind](rule.prefix + serial, check, rule)
