"""What a tenant has set for its pages and mails: `tenant.settings`, one object a name."""

from __future__ import annotations

from typing import Any

import msgspec

from milepost.stores.postgres.pool import Pool


class TenantSettings:
    """`page`: what `milepost.public.brand_of` reads. `mail`: templates."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def get(self, tenant: int, name: str) -> dict[str, Any]:
        """An empty one where nothing is set."""
        async with self._pool.connection() as connection:
            text = await connection.fetchval(
                "SELECT settings->$2 FROM tenant WHERE id = $1", tenant, name
            )
        found = msgspec.json.decode(text) if text else {}
        return found if isinstance(found, dict) else {}

    async def put(self, tenant: int, name: str, value: dict[str, Any]) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(
                "UPDATE tenant SET settings = settings || jsonb_build_object($2::text, $3::jsonb) "
                "WHERE id = $1",
                tenant, name, msgspec.json.encode(value).decode(),
            )  # fmt: skip
