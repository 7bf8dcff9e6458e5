"""Of whom cases speak: who they are, what was given of them, and where they live from now on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from milepost.engine.personal import Parties, Party
from milepost.runners.inline import Inline
from milepost.stores.postgres.cases import PostgresCases


class CasePeople:
    """What the desk of cases has to know beyond them."""

    def __init__(self, engine: Inline, store: PostgresCases) -> None:
        self._engine = engine
        self._store = store

    async def known(self, tenant: int, number: str) -> Sequence[Mapping[str, Any]]:
        """Sender, consignee, and whom the shipment's cases speak of."""
        personal = self._engine.registrar.personal
        return [] if personal is None else await personal.people(tenant, number)

    async def holds(self, tenant: int, number: str, reference: str) -> bool:
        """Given to us, or named by a scan: then whoever scanned it has it."""
        personal = self._engine.registrar.personal
        roads = () if personal is None else personal.target(tenant, number).roads
        if await self._store.holds(tenant, roads, reference.rpartition(":")[2]):
            return True
        track = await self._engine.queries.track(tenant, number, private=True)
        return track is not None and any(reference in (one.evidence or ()) for one in track.events)

    async def moved(
        self, tenant: int, road: int, number: str, city: str, given: Mapping[str, Any]
    ) -> None:
        """The vault's consignee lives there now; what was not said again stays."""
        personal = self._engine.registrar.personal
        if personal is None or not given.get("address"):
            return
        before = (await personal.parties(tenant, number)).consignee or Party()
        links = self._engine.queries.links_of(tenant, number)
        now = replace(
            before, lines=[str(given["address"])], city=city or None, region=None, postal_code=None,
            name=given.get("name") or before.name, phone=given.get("phone") or before.phone,
        )  # fmt: skip
        await personal.keep(tenant, links[0].shipment if links else road, Parties(consignee=now))
