"""Tenants' policies. See `engine.policies.PolicyStore`."""

from __future__ import annotations

import msgspec

from milepost.engine.policy_terms import TenantPolicy
from milepost.stores.postgres.pool import Pool

_decode = msgspec.json.Decoder(TenantPolicy).decode
_SAVE = """
INSERT INTO policy (tenant, body) VALUES ($1, $2)
ON CONFLICT (tenant) DO UPDATE SET body = excluded.body, changed_at = now()
"""


class PostgresPolicies:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def policies(self) -> dict[int, TenantPolicy]:
        async with self._pool.connection() as connection:
            rows = await connection.fetch("SELECT tenant, body::text FROM policy")
        return {row[0]: _decode(row[1]) for row in rows}

    async def save_policy(self, tenant: int, policy: TenantPolicy) -> None:
        body = msgspec.json.encode(policy).decode()
        async with self._pool.connection() as connection:
            await connection.execute(_SAVE, tenant, body)
