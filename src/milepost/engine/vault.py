"""The vault for personal data, as a protocol. Nothing personal is kept anywhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

# Fields that can be searched for, by what makes two spellings the same.
SEARCHED = ("phone", "email", "name")


class Sealed(NamedTuple):
    """One item on its way into the vault: `reference` is random and says nothing by itself."""

    tenant: int
    road: int
    reference: str
    fields: Mapping[str, Any]


class Item(NamedTuple):
    """What is to be kept of a road, under a reference of the caller's."""

    road: int
    reference: str
    fields: Mapping[str, Any]


class Vault(Protocol):
    """A key for each road; to erase a road's data is to destroy its key."""

    async def put(self, tenant: int, road: int, fields: Mapping[str, Any]) -> str:
        """Keep fields; the reference under which they are found. Durable when it returns."""
        ...

    async def keep(self, tenant: int, road: int, reference: str, fields: Mapping[str, Any]) -> None:
        """The same under a reference of the caller's; what was there is replaced."""
        ...

    async def keep_all(self, tenant: int, items: Sequence[Item]) -> None:
        """Many, all or none of them; of several under one reference the last."""
        ...

    async def get(self, tenant: int, references: Sequence[str]) -> dict[str, dict[str, Any]]:
        """What is kept under references; one that was erased, or is another tenant's, is absent."""
        ...

    async def of(self, tenant: int, road: int) -> dict[str, dict[str, Any]]:
        """Everything kept of a road, by reference."""
        ...

    async def find(self, tenant: int, field: str, value: str) -> list[int]:
        """The roads of which a field says this, by a blind index; ValueError if it has none."""
        ...

    async def erase(self, tenant: int, road: int) -> bool:
        """Destroy the key of a road; whether there was one."""
        ...
