"""Who sends and who receives: kept in the vault, asked for by those who may, erased for good."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Annotated, Any, Literal, NamedTuple, Protocol

import msgspec
from msgspec import Meta, Struct

from milepost.domain.event import key_of
from milepost.domain.place import Place
from milepost.domain.scan import id_text
from milepost.engine.rows import Link
from milepost.engine.vault import Item, Vault

Short = Annotated[str, Meta(max_length=200)]
Side = Literal["consignee", "consignor"]
SIDES: tuple[Side, ...] = ("consignee", "consignor")
_TAIL = 4
# Of a postal code, what says the district and not the street.
_POSTAL_PREFIX = 3


class Party(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person or a firm at one end of the road. `country` is ISO 3166-1 alpha-2."""

    name: Short | None = None
    phone: Short | None = None
    email: Short | None = None
    lines: Annotated[list[Short], Meta(max_length=8)] = []
    city: Short | None = None
    region: Short | None = None
    postal_code: Short | None = None
    country: Short | None = None


class Parties(Struct, frozen=True):
    """Both ends of a shipment; what was never told, or is erased, is null."""

    consignee: Party | None = None
    consignor: Party | None = None


class Erasing(Protocol):
    """Destroys keys, and takes out of raw payloads and files what was under them."""

    async def erase(self, tenant: int, target: Target, actor: str) -> None:
        """Done for good when it returns; taken up again at the next start if it does not."""
        ...


class Target(NamedTuple):
    """A shipment as the vault knows it: every key that something may be kept under."""

    roads: tuple[int, ...]
    numbers: tuple[str, ...]


class Personal:
    """Personal data of shipments. `links_of` gives all numbers of a number's shipment."""

    def __init__(
        self,
        vault: Vault,
        erasing: Erasing,
        links_of: Callable[[int, str], Sequence[Link]],
        forget: Callable[[Iterable[int]], None],
    ) -> None:
        self.vault = vault
        self._erasing = erasing
        self._links_of = links_of
        self._forget = forget

    def target(self, tenant: int, number: str) -> Target:
        """All keys and numbers of the shipment that a number belongs to."""
        links = self._links_of(tenant, number)
        roads = {key_of(tenant, number)}
        for link in links:
            roads |= {link.parcel, link.road, link.shipment}
        numbers = {number, *(link.number for link in links)}
        return Target(tuple(sorted(roads)), tuple(sorted(numbers)))

    async def keep(self, tenant: int, shipment: int, given: Parties) -> None:
        """Durable when it returns; a side that is given replaces what was known of it."""
        await self.keep_all(tenant, [(shipment, given)])

    async def keep_all(self, tenant: int, given: Iterable[tuple[int, Parties]]) -> None:
        """The same of many shipments, together."""
        items = [
            Item(shipment, f"{side}:{id_text(shipment)}",
                 {"kind": side, **msgspec.to_builtins(party)})
            for shipment, parties in given
            for side in SIDES
            if (party := getattr(parties, side)) is not None
        ]  # fmt: skip
        if items:
            await self.vault.keep_all(tenant, items)

    async def parties(self, tenant: int, number: str) -> Parties:
        """What is known of both ends, and not erased."""
        found: dict[str, Party] = {}
        for fields in await self._all(tenant, number):
            kind = fields.pop("kind", None)
            if kind in SIDES:
                found[kind] = msgspec.convert(fields, Party)
        return Parties(**found)

    async def others(self, tenant: int, number: str) -> list[dict[str, Any]]:
        """What else the vault has of a shipment, such as what people said in its cases."""
        found = await self._all(tenant, number)
        return [one for one in found if one.get("kind") not in (*SIDES, *_SECRET)]

    async def people(self, tenant: int, number: str) -> list[dict[str, Any]]:
        """Every person that the vault knows of a shipment, by whatever fields."""
        return [one for one in await self._all(tenant, number) if one.get("kind") not in _SECRET]

    async def secrets(self, tenant: int, number: str, kind: str) -> list[dict[str, Any]]:
        """Items that are only compared with, and never shown."""
        return [one for one in await self._all(tenant, number) if one.get("kind") == kind]

    async def tails(self, tenant: int, number: str) -> frozenset[str]:
        """The last four digits of the phones at both ends; some carriers ask for them."""
        ends = await self.parties(tenant, number)
        phones = (one.phone for one in (ends.consignee, ends.consignor) if one is not None)
        digits = ("".join(c for c in phone or "" if c.isdigit()) for phone in phones)
        return frozenset(one[-_TAIL:] for one in digits if len(one) >= _TAIL)

    async def find(self, tenant: int, field: str, value: str) -> list[int]:
        """The keys under which a phone or an email is known."""
        return await self.vault.find(tenant, field, value)

    async def erase(self, tenant: int, number: str, actor: str) -> None:
        """Destroy what is known of a shipment's people; its road and its proofs stay."""
        target = self.target(tenant, number)
        await self._erasing.erase(tenant, target, actor)
        self._forget(target.roads)

    async def _all(self, tenant: int, number: str) -> list[dict[str, Any]]:
        found = []
        for road in self.target(tenant, number).roads:
            found += list((await self.vault.of(tenant, road)).values())
        return found


_SECRET = ("pickup_code", "identity")


def coarse(given: Place | None, party: Party | None) -> Place | None:
    """Where a party is, no nearer than its district; what is given as a place counts first."""
    if given is not None or party is None:
        return given
    code = (party.postal_code or "")[:_POSTAL_PREFIX] or None
    country = (party.country or "").strip().upper()
    country = country if len(country) == 2 and country.isascii() and country.isalpha() else ""
    found = Place(city=party.city, region=party.region, country=country or None, postal_code=code)
    return None if found == Place() else found


Tails = Callable[[int, str], Awaitable[frozenset[str]]]
