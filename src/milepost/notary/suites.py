"""The hash functions of logs, by name. The names are data: `suites.toml`."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Protocol

from msgspec import Struct

HASH_BYTES = 32
DEFAULT = "sha256"


class Hash(Protocol):
    """As hashlib's."""

    def digest(self) -> bytes: ...


class Suite(Struct, frozen=True):
    """A hash function of 32 bytes. `new(data)` is hashlib's constructor for it."""

    name: str
    title: str
    new: Callable[[bytes], Hash]

    def hash(self, data: bytes) -> bytes:
        return self.new(data).digest()

    def node(self, left: bytes, right: bytes) -> bytes:
        """An interior node (RFC 9162 §2.1.1)."""
        return self.new(b"\x01" + left + right).digest()

    def leaf(self, data: bytes) -> bytes:
        """A leaf (RFC 9162 §2.1.1)."""
        return self.new(b"\x00" + data).digest()


class UnknownSuiteError(ValueError):
    """A suite that is not in `suites.toml`, or that this machine's OpenSSL does not have."""


@cache
def names() -> tuple[str, ...]:
    return tuple(_table())


@cache
def suite(name: str) -> Suite:
    """The suite of this name. Raises UnknownSuiteError."""
    entry = _table().get(name)
    if entry is None:
        raise UnknownSuiteError(f"'{name}' is no suite; known are {', '.join(_table())}")
    try:
        new = _constructor(entry["algorithm"])
    except ValueError as error:
        raise UnknownSuiteError(f"{name}: {error}") from None
    if len(new(b"").digest()) != HASH_BYTES:
        raise UnknownSuiteError(f"{name}: has not {HASH_BYTES} bytes")
    return Suite(name, entry["title"], new)


def _constructor(algorithm: str) -> Callable[[bytes], Hash]:
    direct: Callable[[bytes], Hash] | None = getattr(hashlib, algorithm, None)
    if direct is not None:
        return direct
    blank = hashlib.new(algorithm)  # looking it up by name each time takes half as long again

    def new(data: bytes) -> Hash:
        one = blank.copy()
        one.update(data)
        return one

    return new


@cache
def _table() -> dict[str, dict[str, str]]:
    return tomllib.loads((files(__package__) / "suites.toml").read_text("utf-8"))
