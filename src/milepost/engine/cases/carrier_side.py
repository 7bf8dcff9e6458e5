"""A case as the carrier's people see it who hold its link, and their answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from milepost.domain.case import StepError
from milepost.domain.moment import to_text
from milepost.engine.cases.desk import CaseDesk
from milepost.engine.cases.ports import CaseStore
from milepost.engine.cases.shown import text_of
from milepost.engine.vault import Vault

ACTOR = "carrier's link"
LONGEST = 4_000
# Of one case: whoever has the link must not be able to fill the record.
MOST_ANSWERS = 100
_ASKED, _ANSWERED = "asked_carrier", "carrier_answered"


class Said(Struct, frozen=True):
    """What one side said to the other, and when."""

    side: str
    at: str
    text: str


class CarrierCase(Struct, frozen=True, kw_only=True):
    """What the carrier has to know to act, and nothing of what goes on beside it. `given`: what
    is asked for, with the new address where that is what it is about.
    """

    case: int
    number: str
    kind: str
    open: bool
    waits: bool
    outcome: str | None
    deadline_at: str | None
    given: dict[str, Any]
    said: list[Said]


class CarrierSide:
    def __init__(self, desk: CaseDesk, store: CaseStore, vault: Vault) -> None:
        self._desk = desk
        self._store = store
        self._vault = vault

    async def show(self, tenant: int, number: int) -> CarrierCase | None:
        """None if there is no such case."""
        row = await self._store.find(tenant, number)
        if row is None:
            return None
        kept = await self._store.steps(tenant, number)
        case, steps = await self._desk.verbatim(row, kept)
        first, *others = steps
        said = [one for one in others if one.action in (_ASKED, _ANSWERED) and one.text]
        return CarrierCase(
            case=number, number=case.number, kind=case.kind, open=case.open,
            waits=case.waits_for == "carrier", outcome=case.outcome,
            deadline_at=text_of(case.deadline_us), given=await self._given(tenant, case.fields),
            said=[
                Said(one.side, to_text(one.at_us, 0), one.text)
                for one in (first, *said) if one.text
            ],
        )  # fmt: skip

    async def answer(self, tenant: int, number: int, text: str) -> CarrierCase | None:
        """The case after the answer. Raises StepError for one that it cannot take."""
        kept = await self._store.steps(tenant, number)
        if sum(one.step.actor == ACTOR for one in kept) >= MOST_ANSWERS:
            raise StepError("the case has taken as many answers as it can")
        if not 0 < len(text.strip()) <= LONGEST or "\x00" in text:
            raise StepError(f"an answer has 1 to {LONGEST} characters")
        step = self._desk.made("carrier", ACTOR, _ANSWERED, text.strip(), {})
        if await self._desk.step(tenant, number, step) is None:
            return None
        return await self.show(tenant, number)

    async def _given(self, tenant: int, fields: Mapping[str, Any]) -> dict[str, Any]:
        reference = fields.get("personal")
        plain = {name: one for name, one in fields.items() if name != "personal"}
        if reference is None:
            return plain
        return plain | (await self._vault.get(tenant, [reference])).get(reference, {})
