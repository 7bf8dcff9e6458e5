"""Cases: over the API, and opened by themselves for alerts that a person has to look at."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import structlog
from msgspec.structs import replace

from milepost.api import cases
from milepost.domain.case import StepError
from milepost.domain.moment import to_text
from milepost.domain.scan import id_number
from milepost.domain.track import AlertView, Track
from milepost.engine.alert_views import told_detail
from milepost.engine.cases.check import HURT
from milepost.engine.cases.desk import CaseDesk, Opening
from milepost.engine.cases.ports import CaseFilter, CaseRow
from milepost.engine.rows import AlertChange, Group
from milepost.stores.postgres.alerts import PostgresAlerts
from milepost.stores.postgres.cases import PostgresCases
from milepost.stores.postgres.vault import PostgresVault
from milepost.stores.vaulting import checked_suite
from milepost.web.endpoint import Endpoint
from milepost.wiring.feature import Context, Feature
from milepost.wiring.features._case_people import CasePeople

log = structlog.get_logger()
PAUSE_S = 0.2
LOOK_S = 2.0
BY_ITSELF = "solved_by_itself"


class CaseFeature(Feature):
    def __init__(self, context: Context) -> None:
        self._engine = context.engine
        store = self._store = PostgresCases(context.pool)
        suite = checked_suite(context.settings.vault_suite)
        vault = PostgresVault(context.pool, context.sealer, suite)
        self.desk = CaseDesk(
            store, vault, context.engine.audience, self._track, context.now_us,
            context.engine.announced.set,
        )  # fmt: skip
        people = CasePeople(self._engine, store)
        self.desk.moved, self.desk.known, self.desk.holds = people.moved, people.known, people.holds
        self._rooms = cases.Rooms(self.desk, store, context.engine.queries.together)
        self.vault = vault
        self._alerts = PostgresAlerts(context.pool)
        self._waiting: list[AlertChange] = []

    async def start(self) -> None:
        self._engine.after_commit.append(self._note)
        self._tasks = [asyncio.create_task(one) for one in (self._run(), self._watch_deadlines())]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def endpoints(self) -> Sequence[Endpoint]:
        return cases.endpoints(self._rooms)

    def _note(self, group: Group) -> None:
        self._waiting += [one for one in group.alerts if self._concerns(one)]

    def _concerns(self, alert: AlertChange) -> bool:
        """Whether an alert opens or ends a case: as grave as the tenant wants, or cleared."""
        wanted = self._engine.policies.of(alert.tenant).open_cases
        if wanted == "never":
            return False
        grave = {"warning": {"warning", "critical"}, "critical": {"critical"}}[wanted]
        return alert.finding is None or alert.finding.severity in grave

    async def recall(self) -> None:
        """What was left when the server died between an alert and its case."""
        policies = self._engine.policies
        left = await self._store.left_over(policies.opening_cases_from("warning"))
        mine = (one for one in left if self._engine.owns(one.shipment))
        self._waiting += [one for one in mine if self._concerns(one)]

    async def _watch_deadlines(self) -> None:
        """A deadline that passes is a step of its case, and told like one."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.tell_overdue()
            except ConnectionError as error:
                log.warning("case_retry", error=repr(error))

    async def tell_overdue(self) -> None:
        """Every open case whose deadline has passed; each by the process that owns its road."""
        for row in await self._store.overdue(self._engine.now_us()):
            if self._engine.owns(row.road):
                body = {"deadline_us": row.case.deadline_us}
                step = self.desk.made("system", "milepost", "deadline_passed", "", body)
                with suppress(StepError):  # somebody has set another one, or closed it, meanwhile
                    await self.desk.step(row.tenant, row.id, step)

    async def _run(self) -> None:
        recalled = False
        while True:
            await asyncio.sleep(PAUSE_S)
            try:
                if not recalled:
                    await self.recall()
                    recalled = True
            except ConnectionError as error:
                log.warning("case_retry", error=repr(error))
            while self._waiting:
                try:
                    first = self._waiting[0]
                    await (self._open(first) if first.finding else self._end(first))
                except ConnectionError as error:
                    log.warning("case_retry", error=repr(error))
                    break
                self._waiting.pop(0)

    async def _open(self, alert: AlertChange) -> None:
        """A case for an alert; its key makes it one, however often the alert is told."""
        assert alert.finding is not None
        found = alert.finding
        key = f"alert:{alert.shipment}:{found.rule}:{found.since_s}"
        wanted = Opening(
            kind="alert", number=alert.number, side="system", actor="milepost", rule=found.rule,
            key=key,
        )  # fmt: skip
        try:
            if await self.desk.open(alert.tenant, alert.shipment, wanted) is None:
                await self._open_again(alert)
        except StepError as error:
            log.warning("case_refused", number=alert.number, error=str(error))

    async def _open_again(self, alert: AlertChange) -> None:
        """The same alert stands once more: its case had been closed too soon."""
        for row in await self._cases_of(alert, open_ones=False):
            if row.case.outcome == BY_ITSELF:
                step = self.desk.made("system", "milepost", "reopened", "", {})
                await self.desk.step(alert.tenant, row.id, step)
                return

    async def _end(self, alert: AlertChange) -> None:
        """An alert has cleared: its case ends too, unless somebody works it, or the goods may have
        been hurt: then somebody has to look at them.
        """
        if alert.rule in HURT:
            return
        for row in await self._cases_of(alert, open_ones=True):
            steps = await self._store.steps(alert.tenant, row.id)
            if all(one.step.side == "system" for one in steps):
                step = self.desk.made("system", "milepost", "closed", "", {"outcome": BY_ITSELF})
                await self.desk.step(alert.tenant, row.id, step)

    async def _cases_of(self, alert: AlertChange, *, open_ones: bool) -> list[CaseRow]:
        """The cases of a shipment that were opened for this rule, newest first."""
        numbers = self._engine.queries.together(alert.tenant, alert.number)
        wanted = CaseFilter(numbers=numbers, kind="alert", open=open_ones)
        rows = await self._store.list(alert.tenant, wanted)
        return [row for row in rows if row.case.rule == alert.rule]

    async def _track(self, tenant: int, number: str) -> Track | None:
        """With the alerts that it had: what has hurt goods does not heal by being handed over."""
        track = await self._engine.queries.track(tenant, number, private=True)
        if track is None:
            return None
        roads = {id_number(track.shipment), *self._engine.queries.roads_of(tenant, number)}
        past = [
            AlertView(
                rule=row.rule, severity=row.severity, opened_at=_text(row.opened_s),
                cleared_at=_text(row.cleared_s), detail=told_detail(row.detail),
            )
            for row in await self._alerts.of(tenant, sorted(roads))
            if row.cleared_s is not None and row.cleared_s >= row.opened_s
        ]  # fmt: skip
        return replace(track, alerts=[*track.alerts, *past])


def _text(at_s: int) -> str:
    return to_text(at_s * 1_000_000, 0)


def open_feature(context: Context) -> Feature:
    return CaseFeature(context)
