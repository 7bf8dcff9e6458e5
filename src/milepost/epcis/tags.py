"""What the 96 bits of an RFID tag say: the EPC that readers give in hexadecimal, as a URN.

Source: GS1 EPC Tag Data Standard, SSCC-96, GRAI-96, GIAI-96 and SGTIN-96.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

_BITS = 96
# Bits of the company prefix by partition; it has 12 digits at 0, one less at each further.
_COMPANY = (40, 37, 34, 30, 27, 24, 20)
_LONGEST = 12


class _Scheme(NamedTuple):
    """`reference`: bits of company prefix and reference together; `digits` of both, None: no
    padding. `serial`: bits after them.
    """

    name: str
    reference: int
    digits: int | None
    serial: int


_SCHEMES = {
    0x30: _Scheme("sgtin", 44, 13, 38),
    0x31: _Scheme("sscc", 58, 17, 0),
    0x33: _Scheme("grai", 44, 12, 38),
    0x34: _Scheme("giai", 82, None, 0),
}
_HEAD = 8 + 3 + 3


def urn_of_tag(tag: str) -> str | None:
    """The EPC URN of a tag's memory in hexadecimal; None where it is none of these."""
    text = tag.replace(" ", "").removeprefix("0x")
    if len(text) != _BITS // 4:
        return None
    try:
        memory = int(text, 16)
    except ValueError:
        return None
    scheme = _SCHEMES.get(memory >> _BITS - 8)
    partition = memory >> _BITS - _HEAD & 7
    if scheme is None or partition >= len(_COMPANY):
        return None
    return _urn(scheme, partition, lambda start, bits: _cut(memory, start, bits))


def _cut(memory: int, start: int, bits: int) -> int:
    return memory >> (_BITS - start - bits) & (1 << bits) - 1


def _urn(scheme: _Scheme, partition: int, read: Callable[[int, int], int]) -> str | None:
    company_bits, company_digits = _COMPANY[partition], _LONGEST - partition
    rest_bits = scheme.reference - company_bits
    company = read(_HEAD, company_bits)
    reference = read(_HEAD + company_bits, rest_bits)
    digits = None if scheme.digits is None else scheme.digits - company_digits
    if company >= 10**company_digits or (digits is not None and reference >= 10**digits):
        return None
    named = str(reference) if digits is None else str(reference).zfill(digits) if digits else ""
    urn = f"urn:epc:id:{scheme.name}:{company:0{company_digits}d}.{named}"
    return f"{urn}.{read(_HEAD + scheme.reference, scheme.serial)}" if scheme.serial else urn
