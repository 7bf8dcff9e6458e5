"""Evidence of a shipment: taken in, listed, given out, and secrets compared."""

from __future__ import annotations

import asyncio
import hmac
import re
import unicodedata
from collections.abc import Callable, Sequence
from hashlib import sha256
from secrets import token_bytes
from typing import Any, Literal, Protocol

import msgspec
from msgspec import Struct

from milepost.engine.evidence.files import Clean, Kind, cleaned
from milepost.engine.evidence.naming import name_of, new_salt
from milepost.engine.personal import Personal

Secret = Literal["pickup_code", "identity"]
MOST_ATTEMPTS = 5
LOCKED_US = 15 * 60 * 1_000_000
_RESULT = "application/json"


class Position(Struct, frozen=True):
    """Where it was made; WGS 84 degrees."""

    latitude: float
    longitude: float


class Detail(Struct, frozen=True, omit_defaults=True):
    """What is known of a piece beside its bytes; sealed as they are. `salt`: see `naming`."""

    position: Position | None = None
    actor: str | None = None
    passed: bool | None = None
    salt: str | None = None


class Piece(Struct, frozen=True):
    """A piece of evidence as it is kept. `at_us`: when it came in."""

    id: str
    kind: Kind
    content_type: str
    bytes: int
    at_us: int
    detail: Detail

    @property
    def reference(self) -> str:
        """How a scan's `evidence` names it."""
        return f"{self.kind}:{self.id}"


class EvidenceStore(Protocol):
    """Keeps pieces sealed under the key of their road."""

    async def add(self, tenant: int, road: int, piece: Piece, body: bytes) -> None:
        """Durable when it returns."""
        ...

    async def of(self, tenant: int, roads: Sequence[int]) -> list[Piece]:
        """Pieces of some roads, oldest first."""
        ...

    async def open(self, tenant: int, evidence: str) -> tuple[Piece, int, bytes] | None:
        """A piece, its road and its bytes; None where there is none, or no longer."""
        ...

    async def attempt(self, tenant: int, road: int, what: str, now_us: int) -> int:
        """Count an attempt, durably; how many since the first of a series."""
        ...

    async def forgive(self, tenant: int, road: int, what: str) -> None:
        """The right answer ends a series."""
        ...


class Verdict(Struct, frozen=True):
    """Of one comparison; `piece` is the evidence of one that fitted."""

    passed: bool
    attempts_left: int
    piece: Piece | None = None


class NothingToCompareError(Exception):
    """Nobody has told what the right answer would be."""


class LockedError(Exception):
    """Too many wrong answers; later again."""


class EvidenceDesk:
    def __init__(self, store: EvidenceStore, personal: Personal, now_us: Callable[[], int]) -> None:
        self._store = store
        self._personal = personal
        self._now_us = now_us
        self._pepper = token_bytes(32)
        # Told the road of every piece that is kept.
        self.after_keep: list[Callable[[int], None]] = []

    async def add(
        self,
        tenant: int,
        road: int,
        kind: Kind,
        body: bytes,
        declared: str | None,
        detail: Detail,
    ) -> Piece:
        """Check a file, strip it and keep it. Raises EvidenceError."""
        clean = await asyncio.to_thread(cleaned, kind, body, declared)
        return await self._keep(tenant, road, kind, clean, detail)

    async def pieces(self, tenant: int, number: str) -> list[Piece]:
        """All of a shipment, oldest first."""
        return await self._store.of(tenant, self._personal.target(tenant, number).roads)

    def roads(self, tenant: int, number: str) -> frozenset[int]:
        """Every key that evidence of a number's shipment may be kept under."""
        return frozenset(self._personal.target(tenant, number).roads)

    async def open(self, tenant: int, evidence: str) -> tuple[Piece, int, bytes] | None:
        """A piece, its road and its bytes; None where there is none, or no longer."""
        return await self._store.open(tenant, evidence)

    async def tell(self, tenant: int, road: int, what: Secret, value: str) -> None:
        """The right answer, to be compared with; it replaces an earlier one."""
        fields = {"kind": what, "value": value}
        await self._personal.vault.keep(tenant, road, f"{what}:{road:x}", fields)

    async def check(
        self, tenant: int, road: int, number: str, what: Secret, value: str, detail: Detail
    ) -> Verdict:
        """Compare an answer. The attempt is counted before it is looked at.

        Raises NothingToCompareError and LockedError.
        """
        known = await self._personal.secrets(tenant, number, what)
        if not known:
            raise NothingToCompareError
        tried = await self._store.attempt(tenant, road, what, self._now_us())
        if tried > MOST_ATTEMPTS:
            raise LockedError
        fits = [self._same(value, str(one.get("value", ""))) for one in known]
        if not any(fits):
            return Verdict(False, MOST_ATTEMPTS - tried)
        await self._store.forgive(tenant, road, what)
        passed = msgspec.structs.replace(detail, passed=True)
        body = msgspec.json.encode({"kind": what, "passed": True})
        piece = await self._keep(tenant, road, what, Clean(_RESULT, body), passed)
        return Verdict(True, MOST_ATTEMPTS, piece)

    async def _keep(
        self, tenant: int, road: int, kind: Kind, clean: Clean, detail: Detail
    ) -> Piece:
        salt, at_us, type_ = new_salt(), self._now_us(), clean.content_type
        name = name_of(salt, kind, type_, at_us, clean.body)
        detail = msgspec.structs.replace(detail, salt=salt)
        piece = Piece(name, kind, type_, len(clean.body), at_us, detail)
        await self._store.add(tenant, road, piece, clean.body)
        for told in self.after_keep:
            told(road)
        return piece

    def _same(self, one: str, other: str) -> bool:
        """In the same time whatever they are, and however alike."""
        return hmac.compare_digest(self._digest(one), self._digest(other))

    def _digest(self, value: str) -> bytes:
        plain = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", value).casefold())
        return hmac.digest(self._pepper, plain.encode(), sha256)


def packed(piece: Piece) -> dict[str, Any]:
    """A piece's detail as fields to be sealed."""
    return dict(msgspec.to_builtins(piece.detail))
