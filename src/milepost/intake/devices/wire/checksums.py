"""The checksums of device protocols."""

from __future__ import annotations

from functools import reduce
from operator import xor as _xor


def xor(data: bytes) -> int:
    return reduce(_xor, data, 0)


def sum8(data: bytes) -> int:
    return sum(data) & 0xFF


def _table(polynomial: int) -> tuple[int, ...]:
    """The byte table of a reflected 16-bit CRC."""

    def one(value: int) -> int:
        for _ in range(8):
            value = value >> 1 ^ (polynomial if value & 1 else 0)
        return value

    return tuple(one(value) for value in range(256))


_X25, _IBM = _table(0x8408), _table(0xA001)


def _crc(table: tuple[int, ...], data: bytes, crc: int) -> int:
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xFF]
    return crc


def crc16_x25(data: bytes) -> int:
    """CRC-16/X-25 (ITU): GT06."""
    return _crc(_X25, data, 0xFFFF) ^ 0xFFFF


def crc16_ibm(data: bytes) -> int:
    """CRC-16/ARC: Teltonika."""
    return _crc(_IBM, data, 0)


def crc16_kermit(data: bytes) -> int:
    """CRC-16/KERMIT: Ruptela."""
    return _crc(_X25, data, 0)


def crc16_ccitt_false(data: bytes) -> int:
    """CRC-16/CCITT-FALSE (polynomial 0x1021, from 0xFFFF)."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def luhn(number: str) -> int:
    """The check digit that an IMEI of 14 digits ends with."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return -total % 10
