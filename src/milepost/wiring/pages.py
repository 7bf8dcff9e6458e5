"""What the buyer's pages show beyond the road, from whoever has it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Protocol, runtime_checkable

import msgspec

from milepost.domain.care import Limits
from milepost.engine.evidence.desk import EvidenceDesk
from milepost.engine.evidence.links import EvidenceLinks
from milepost.engine.onetime import OneTimeCodes
from milepost.engine.personal import Party, Personal
from milepost.pages import ColdChain, Evidence, Reading, Yours
from milepost.pages.links import CODE_OPENS_S, Links, key_from
from milepost.public import PublicExtras, PublicLookup
from milepost.settings import Settings
from milepost.stores.postgres.pool import Pool
from milepost.stores.sealer import open_sealer
from milepost.wiring.dialects import KEY_FILE
from milepost.wiring.milepost import Milepost

_POINTS = 400
# Of the evidence, what a buyer is shown.
_SHOWN = ("photograph", "signature")
_PICTURES = ("image/jpeg", "image/png", "image/webp", "image/svg+xml")
_KEPT_S = 5.0
_EVER = (-(2**62), 2**62)


class _Curve(Protocol):
    times: list[int]
    values: list[int]


class Sensors(Protocol):
    """See `engine.sensor_queries.SensorQueries`."""

    async def read(
        self, tenant: int, number: str, field: str, points: int, span: tuple[int, int]
    ) -> _Curve: ...

    async def limits(self, tenant: int, number: str) -> Limits: ...


def links_of(settings: Settings, now_us: Callable[[], int]) -> Links:
    """Signed links under the installation's master key."""
    master = settings.data / KEY_FILE
    open_sealer(master)  # makes the key where there is none yet
    return Links(key_from(master), lambda: now_us() // 1_000_000)


def extras_of(milepost: Milepost, lookup: PublicLookup) -> PublicExtras:
    """Signed links, brands, and what sensors measured where that feature is there."""
    sensors = next((one.curves for one in milepost.features if hasattr(one, "curves")), None)
    codes = (getattr(one, "codes", None) for one in milepost.features)
    vault = next((one for one in milepost.features if isinstance(one, Vaulted)), None)
    return PublicExtras(
        lookup,
        links_of(milepost.settings, milepost.now_us),
        TenantPages(milepost.store.pool).of,
        cold_chain=None if sensors is None else cold_chain_from(sensors),
        codes=next((one for one in codes if isinstance(one, OneTimeCodes)), None),
        yours=None if vault is None else yours_from(vault, milepost.now_us),
    )


@runtime_checkable
class Vaulted(Protocol):
    """Who receives, what proves the delivery, and links to it for a while."""

    personal: Personal
    desk: EvidenceDesk
    links: EvidenceLinks


def yours_from(vault: Vaulted, now_us: Callable[[], int]) -> Callable[[int, str], Awaitable[Yours]]:
    """What the vault has for the consignee's own eyes."""

    async def yours(tenant: int, number: str) -> Yours:
        until_s = now_us() // 1_000_000 + CODE_OPENS_S
        pieces = await vault.desk.pieces(tenant, number)
        seen = [one for one in pieces if one.kind in _SHOWN and one.content_type in _PICTURES]
        urls = [(one.kind, vault.links.token(tenant, one.id, until_s)) for one in seen]
        who = (await vault.personal.parties(tenant, number)).consignee or Party()
        town = " ".join(filter(None, (who.postal_code, who.city)))
        return Yours(
            name=who.name,
            lines=tuple(filter(None, (*who.lines, town))),
            phone=who.phone,
            evidence=tuple(Evidence(kind, f"/evidence/{token}") for kind, token in urls),
        )

    return yours


class TenantPages:
    """The `page` of tenants' settings, asked again after a few seconds."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._known: dict[int, tuple[float, dict[str, Any]]] = {}

    async def of(self, tenant: int) -> dict[str, Any]:
        """An empty one where nothing is set."""
        known = self._known.get(tenant)
        if known is None or time.monotonic() - known[0] > _KEPT_S:
            known = self._known[tenant] = (time.monotonic(), await self._read(tenant))
        return known[1]

    async def _read(self, tenant: int) -> dict[str, Any]:
        async with self._pool.connection() as connection:
            text = await connection.fetchval(
                "SELECT settings->'page' FROM tenant WHERE id = $1", tenant
            )
        found = msgspec.json.decode(text) if text else {}
        return found if isinstance(found, dict) else {}


def cold_chain_from(sensors: Sensors) -> Callable[[int, str], Awaitable[ColdChain | None]]:
    """The temperatures of a shipment that has limits for them."""

    async def cold_chain(tenant: int, number: str) -> ColdChain | None:
        limits = await sensors.limits(tenant, number)
        least, most = limits.temperature_low_mc, limits.temperature_high_mc
        if least is None and most is None:
            return None
        curve = await sensors.read(tenant, number, "temperature_mc", _POINTS, _EVER)
        readings = [
            Reading(datetime.fromtimestamp(at / 1e6, UTC).isoformat(), value)
            for at, value in zip(curve.times, curve.values, strict=True)
        ]
        return ColdChain(readings=tuple(readings), least_mc=least, most_mc=most)

    return cold_chain
