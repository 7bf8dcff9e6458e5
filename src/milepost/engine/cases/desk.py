"""Takes steps of cases: checks them, keeps them, and tells subscribers, in one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec

from milepost.domain.case import NO_STEP, Case, Side, Step, StepError, after, digest_of, opened
from milepost.domain.track import Track
from milepost.engine.announce import Audience
from milepost.engine.cases.check import PROBLEMS, check
from milepost.engine.cases.deadlines import deadline
from milepost.engine.cases.kinds import Kind, checked_fields, kinds
from milepost.engine.ports import Announcement
from milepost.engine.vault import Vault


class CaseRow(NamedTuple):
    """A case as it is kept. `digest` is that of its last step."""

    id: int
    tenant: int
    road: int
    case: Case
    digest: bytes


class StepRow(NamedTuple):
    """A step as it is kept, with its digest."""

    step: Step
    digest: bytes


class CaseFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which cases a list shows. `after`: the last id of the page before."""

    number: str | None = None
    kind: str | None = None
    owner: str | None = None
    waits_for: str | None = None
    open: bool | None = None
    after: int | None = None
    limit: int = 50


class CaseStore(Protocol):
    """Where cases are kept. Answers only of the tenant that asks; durable when it returns."""

    async def reserve(self) -> int:
        """An id for a new case."""
        ...

    async def add(
        self, row: CaseRow, step: StepRow, told: Sequence[Announcement], key: str | None
    ) -> bool:
        """A new case; False if one with this key is there already."""
        ...

    async def find(self, tenant: int, case: int) -> CaseRow | None: ...

    async def append(
        self, before: CaseRow, row: CaseRow, step: StepRow, told: Sequence[Announcement]
    ) -> bool:
        """One more step; False if another was added since `before` was read."""
        ...

    async def steps(self, tenant: int, case: int) -> list[StepRow]: ...

    async def list(self, tenant: int, wanted: CaseFilter) -> list[CaseRow]: ...


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """What opens a case. `key`: opening it again with the same key opens nothing."""

    kind: str
    number: str
    side: Side
    actor: str
    text: str = ""
    fields: Mapping[str, Any] = {}
    rule: str | None = None
    key: str | None = None


_TOPICS = {"closed": "case.closed", "deadline_passed": "case.deadline_passed"}
Tracks = Callable[[int, str], Awaitable[Track | None]]
# (tenant, the case's key of the shipment, number, city, what the vault has of the case)
Moved = Callable[[int, int, str, str, Mapping[str, Any]], Awaitable[None]]


async def _moved_nowhere(*_: object) -> None:
    return None


class CaseDesk:
    """The only way in which cases change."""

    def __init__(
        self,
        store: CaseStore,
        vault: Vault,
        audience: Audience,
        track: Tracks,
        now_us: Callable[[], int],
        woken: Callable[[], None],
    ) -> None:
        self._store = store
        self._vault = vault
        self._audience = audience
        self._track = track
        self._now_us = now_us
        self._woken = woken
        # Told of an address that has been changed, before its case is closed; it may be told twice.
        self.moved: Moved = _moved_nowhere

    async def open(self, tenant: int, road: int, wanted: Opening) -> int | None:
        """The new case's id; None if one with its key is open already. Raises StepError."""
        kind = kinds().get(wanted.kind)
        if kind is None:
            raise StepError(f"there is no kind of case called '{wanted.kind}'")
        track = await self._track(tenant, wanted.number)
        main = track.status.main if track is not None else None
        plain, personal = checked_fields(kind, wanted.fields, main)
        if personal:
            plain = plain | {"personal": await self._vault.put(tenant, road, personal)}
        body: dict[str, Any] = {"fields": plain, **({"rule": wanted.rule} if wanted.rule else {})}
        step = self._step(wanted.side, wanted.actor, "opened", wanted.text, body)
        deadline_us = deadline(kind, plain, track, self._now_us())
        case = opened(kind.name, wanted.number, kind.tasks, deadline_us, step)
        kept = StepRow(step, digest_of(NO_STEP, step))
        row = CaseRow(await self._store.reserve(), tenant, road, case, kept.digest)
        told = self._told("case.opened", row, step)
        if not await self._store.add(row, kept, told, wanted.key):
            return None
        await self._follow(tenant, row.id, kind, plain, track)
        self._woken()
        return row.id

    async def step(self, tenant: int, case: int, step: Step) -> CaseRow | None:
        """One more step; the case after it, None if there is no such case. Raises StepError."""
        while True:
            row = await self._store.find(tenant, case)
            if row is None:
                return None
            self._check_outcome(row.case, step)
            changed = after(row.case, step)
            await self._settle(row, step)
            kept = StepRow(step, digest_of(row.digest, step))
            topic = _TOPICS.get(step.action, "case.step_added")
            new = row._replace(case=changed, digest=kept.digest)
            if await self._store.append(row, new, kept, self._told(topic, new, step)):
                self._woken()
                return new

    def made(self, side: Side, actor: str, action: str, text: str, body: dict[str, Any]) -> Step:
        """A step that happens now. Raises StepError for an action that is none."""
        try:
            return msgspec.convert(
                {"at_us": self._now_us(), "side": side, "actor": actor, "action": action,
                 "text": text, "body": body}, Step,
            )  # fmt: skip
        except msgspec.ValidationError as error:
            raise StepError(str(error)) from None

    async def _follow(
        self, tenant: int, case: int, kind: Kind, plain: Mapping[str, Any], track: Track | None
    ) -> None:
        """What a kind does by itself: check the record, ask the carrier."""
        problem = plain.get("problem")
        if problem in PROBLEMS:
            found = msgspec.to_builtins(check(problem, track))
            await self.step(tenant, case, self._step("system", "milepost", "checked", "",
                                                     {"findings": found}))  # fmt: skip
        if kind.carrier:
            await self.step(tenant, case, self._step("system", "milepost", "asked_carrier", "", {}))

    async def _settle(self, row: CaseRow, step: Step) -> None:
        """What an outcome does by itself: a new address is from then on the consignee's."""
        reference = row.case.fields.get("personal")
        done = step.action == "closed" and step.body.get("outcome") == "changed"
        if row.case.kind != "address_change" or not done or reference is None:
            return
        given = (await self._vault.get(row.tenant, [reference])).get(reference)
        if given is not None:
            city = str(row.case.fields.get("city") or "")
            await self.moved(row.tenant, row.road, row.case.number, city, given)

    def _check_outcome(self, case: Case, step: Step) -> None:
        allowed = kinds()[case.kind].outcomes
        if step.action == "closed" and step.body.get("outcome") not in allowed:
            raise StepError(f"'outcome' is one of {', '.join(allowed)}")

    def _step(self, side: Side, actor: str, action: str, text: str, body: dict[str, Any]) -> Step:
        return self.made(side, actor, action, text, body)

    def _told(self, topic: str, row: CaseRow, step: Step) -> list[Announcement]:
        case = row.case
        if not self._audience.wants(row.tenant, topic, case.number, row.road):
            return []
        payload = {
            "number": case.number, "case": row.id, "kind": case.kind, "step": step,
            "waits_for": case.waits_for, "owner": case.owner, "outcome": case.outcome,
        }  # fmt: skip
        body = msgspec.json.encode(payload)
        return [Announcement(row.tenant, row.road, topic, case.number, body, step.at_us)]
