"""Keeps the worry list behind alerts and cases, runs acts whose moment has passed, wakes pages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import suppress

import structlog

from milepost.engine.ports import Ledger
from milepost.engine.queries import Queries
from milepost.engine.rows import Group
from milepost.engine.worth import weight_us, worth_of
from milepost.stores.postgres.console.books import Act, Acts
from milepost.stores.postgres.console.worries import Known, Unknown, Worries

log = structlog.get_logger()
PAUSE_S = 0.3
# How often a page that is open looks whether another process has changed its list.
LOOK_S = 2.0
BEAT_S = 15.0
MOST_AT_ONCE = 2_000


class Worrying:
    """One background task and whoever waits for it."""

    def __init__(
        self, worries: Worries, acts: Acts, queries: Queries, ledger: Ledger,
        run_act: Callable[[Act], Awaitable[None]],
    ) -> None:  # fmt: skip
        self._worries = worries
        self._acts = acts
        self._queries = queries
        self._ledger = ledger
        self._run_act = run_act
        self._stirred = asyncio.Event()
        self._told: list[tuple[int, int, str]] = []
        self._waiting: dict[int, set[asyncio.Event]] = {}

    def note(self, group: Group) -> None:
        """A group was committed."""
        self._told += [(one.tenant, one.parcel, one.facts.number) for one in group.facts]
        if group.alerts or group.facts:
            self._stirred.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.cycle()
            except Exception as error:  # one act that fails must not end all others
                log.warning("console_retry", error=repr(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._stirred.wait()
                self._stirred.clear()
            await asyncio.sleep(PAUSE_S)

    async def cycle(self) -> None:
        """Everything that is due now."""
        while (due := await self._acts.due()) is not None:
            await self._run_act(due)
        changed: set[int] = set()
        while renewed := await self._worries.renew():
            changed |= renewed
        await self._forget()
        changed |= await self._learn()
        self.wake(changed)

    def wake(self, tenants: Iterable[int]) -> None:
        for tenant in tenants:
            for event in self._waiting.get(tenant, ()):
                event.set()

    async def watch(self, tenant: int) -> AsyncIterator[bool]:
        """True at each change of the tenant's list; False now and then without one."""
        event = asyncio.Event()
        self._waiting.setdefault(tenant, set()).add(event)
        try:
            version, quiet_s = await self._worries.version(tenant), 0.0
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_S):
                        await event.wait()
                event.clear()
                before, version = version, await self._worries.version(tenant)
                quiet_s = 0.0 if version != before else quiet_s + LOOK_S
                if version != before or quiet_s >= BEAT_S:
                    quiet_s = 0.0
                    yield version != before
        finally:
            self._waiting[tenant].discard(event)

    async def _forget(self) -> None:
        """Facts may come after the alert: merchants announce when they like."""
        told, self._told = self._told, []
        try:
            await self._forget_all(told)
        except ConnectionError:
            self._told = told + self._told
            raise

    async def _forget_all(self, told: Sequence[tuple[int, int, str]]) -> None:
        for start in range(0, len(told), MOST_AT_ONCE):
            roads: set[int] = set()
            for tenant, parcel, number in told[start : start + MOST_AT_ONCE]:
                links = self._queries.links_of(tenant, number)
                roads |= {parcel, *(link.road for link in links)}
            await self._worries.forget(sorted(roads))

    async def _learn(self) -> set[int]:
        """Put in what is known of the shipments of new rows."""
        learned: set[int] = set()
        while unknown := await self._worries.unknown():
            known = [await self._known(one) for one in unknown]
            await self._worries.learn(known)
            learned |= {one.tenant for one in unknown}
        return learned

    async def _known(self, one: Unknown) -> Known:
        links = self._queries.links_of(one.tenant, one.number)
        roads = {one.road, *(link.parcel for link in links), *(link.shipment for link in links)}
        facts = [row.facts for row in await self._ledger.facts(one.tenant, sorted(roads))]
        value, currency = worth_of(facts)
        carriers = [fact.carrier for fact in facts if fact.carrier]
        orders = [fact.order_number for fact in facts if fact.order_number]
        places = [fact.destination for fact in facts if fact.destination is not None]
        return Known(
            one.tenant, one.number, one.carrier or (carriers[-1] if carriers else None),
            one.order_number or (orders[-1] if orders else None),
            places[-1].label if places else None, value, currency, weight_us(value, currency),
        )  # fmt: skip
