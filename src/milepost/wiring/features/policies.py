"""Policies: set by one process, heard of by all."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from milepost.api import policies
from milepost.engine.policy_terms import TenantPolicy
from milepost.stores.postgres.policies import PostgresPolicies
from milepost.web.endpoint import Endpoint
from milepost.wiring.feature import Context, Feature
from milepost.wiring.features.sensing import SensingFeature

LOOK_EVERY_S = 5.0
MOST_AT_ONCE = 1_000


class PolicyFeature(Feature):
    def __init__(self, context: Context) -> None:
        self._context, self._engine = context, context.engine
        self._store = PostgresPolicies(context.pool)

    async def start(self) -> None:
        self._watch = asyncio.create_task(self._look())

    async def stop(self) -> None:
        self._watch.cancel()

    def endpoints(self) -> Sequence[Endpoint]:
        return policies.endpoints(self._engine.policies, self._change)

    async def _change(self, tenant: int, policy: TenantPolicy) -> None:
        await self._store.save_policy(tenant, policy)
        await self._hold(tenant, policy)

    async def _hold(self, tenant: int, policy: TenantPolicy) -> None:
        before = self._engine.policies.of(tenant)
        await self._engine.circumstances.hold(tenant, policy)
        if policy.care != before.care:
            await self._measure_again(tenant)

    async def _measure_again(self, tenant: int) -> None:
        """What sensors may measure with goods of a category is otherwise now."""
        judge = self._context.feature(SensingFeature).judge
        roads = self._engine.policies.cared_for(tenant)
        for start in range(0, len(roads), MOST_AT_ONCE):
            names = await self._context.ledger.names_of(roads[start : start + MOST_AT_ONCE])
            judge.ask(tenant, [number for _, number in names.values()])

    async def _look(self) -> None:
        """Another process may have set one."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            with suppress(ConnectionError):
                for tenant, policy in (await self._store.policies()).items():
                    if policy != self._engine.policies.of(tenant):
                        await self._hold(tenant, policy)


def open_feature(context: Context) -> Feature:
    return PolicyFeature(context)
