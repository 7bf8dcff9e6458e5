"""Takes steps of cases: checks them, keeps them, and tells subscribers, in one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from milepost.domain.case import NO_STEP, Case, Side, Step, StepError, after, digest_of, opened
from milepost.domain.track import Track
from milepost.engine.announce import Audience
from milepost.engine.cases.check import PROBLEMS, check
from milepost.engine.cases.deadlines import deadline
from milepost.engine.cases.kinds import Kind, checked_fields, kinds
from milepost.engine.cases.ports import CaseRow, CaseStore, StepRow
from milepost.engine.cases.saying import SAID, hidden, hider, restored, restored_case
from milepost.engine.cases.shown import step_shown
from milepost.engine.rows import Announcement
from milepost.engine.vault import Vault


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


# Who is known to be meant by the words of a case: (tenant, number) → fields of people.
Known = Callable[[int, str], Awaitable[Sequence[Mapping[str, Any]]]]
# Whether there is such a piece of evidence: (tenant, number, reference).
Holds = Callable[[int, str, str], Awaitable[bool]]


async def _moved_nowhere(*_: object) -> None:
    return None


async def _nobody(*_: object) -> Sequence[Mapping[str, Any]]:
    return ()


async def _anything(*_: object) -> bool:
    return True


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
        self.known: Known = _nobody
        self.holds: Holds = _anything

    async def open(self, tenant: int, road: int, wanted: Opening) -> int | None:
        """The new case's id; None if one with its key is open already. Raises StepError."""
        kind = kinds().get(wanted.kind)
        if kind is None:
            raise StepError(f"there is no kind of case called '{wanted.kind}'")
        track = await self._track(tenant, wanted.number)
        main = track.status.main if track is not None else None
        plain, personal = checked_fields(kind, wanted.fields, main)
        deadline_us = deadline(kind, plain, track, self._now_us())
        if personal:
            plain = plain | {"personal": await self._vault.put(tenant, road, personal)}
        body: dict[str, Any] = {"fields": plain, **({"rule": wanted.rule} if wanted.rule else {})}
        step = self._step(wanted.side, wanted.actor, "opened", wanted.text, body)
        step = await self._kept(tenant, road, wanted.number, step)
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
        said: Step | None = None
        while True:
            row = await self._store.find(tenant, case)
            if row is None:
                return None
            await self._check(row, step)
            changed = after(row.case, step)
            said = said or await self._kept(tenant, row.road, row.case.number, step)
            step = said
            await self._settle(row, step)
            kept = StepRow(step, digest_of(row.digest, step))
            topic = _TOPICS.get(step.action, "case.step_added")
            new = row._replace(case=changed, digest=kept.digest)
            if await self._store.append(row, new, kept, self._told(topic, new, step)):
                self._woken()
                return new

    async def verbatim(self, row: CaseRow, steps: Sequence[StepRow]) -> tuple[Case, list[Step]]:
        """A case and its steps as they were said, for those who may read that; what was erased
        stays masked.
        """
        named = [str(one.step.body[SAID]) for one in steps if SAID in one.step.body]
        said = await self._vault.get(row.tenant, named) if named else {}
        told = [restored(one.step, said) for one in steps]
        return (restored_case(row.case, told[0]) if told else row.case), told

    async def _kept(self, tenant: int, road: int, number: str, step: Step) -> Step:
        """A step as its record keeps it: what is personal is in the vault, and only there."""
        if step.side == "system":
            return step
        masked, said = hidden(step, hider(await self.known(tenant, number)))
        if not said:
            return step
        reference = await self._vault.put(tenant, road, said)
        return replace(masked, body=masked.body | {SAID: reference})

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

    async def _check(self, row: CaseRow, step: Step) -> None:
        """What the case alone cannot tell of a step. Raises StepError."""
        allowed = kinds()[row.case.kind].outcomes
        if step.action == "closed" and step.body.get("outcome") not in allowed:
            raise StepError(f"'outcome' is one of {', '.join(allowed)}")
        evidence = step.body.get("evidence")
        if step.action != "attached" or not isinstance(evidence, str):
            return
        if not await self.holds(row.tenant, row.case.number, evidence):
            raise StepError(
                f"'{evidence[:100]}' is no evidence of this shipment: give it first "
                "(POST /v1/shipments/{id}/evidence), and attach the reference in the answer"
            )

    def _step(self, side: Side, actor: str, action: str, text: str, body: dict[str, Any]) -> Step:
        return self.made(side, actor, action, text, body)

    def _told(self, topic: str, row: CaseRow, step: Step) -> list[Announcement]:
        case = row.case
        if not self._audience.wants(row.tenant, topic, case.number, row.road):
            return []
        payload = {
            "number": case.number, "case": row.id, "kind": case.kind, "step": step_shown(step),
            "waits_for": case.waits_for, "owner": case.owner, "outcome": case.outcome,
        }  # fmt: skip
        body = msgspec.json.encode(payload)
        return [Announcement(row.tenant, row.road, topic, case.number, body, step.at_us)]
