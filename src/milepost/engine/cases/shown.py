"""A case and its steps as readers get them: instants as text, in UTC. What is kept, and what the
steps' digests are over, has microseconds. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from milepost.domain.case import Action, Case, Side, Step, StepError, Task
from milepost.domain.moment import to_text

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DEADLINE = "'deadline_at' is a time with its offset, such as 2026-11-24T18:00:00+01:00"


class StepShown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step. `at`: when it was taken; `actor`: a key's or person's name."""

    at: str
    side: Side
    actor: str
    action: Action
    text: str = ""
    body: dict[str, Any] = {}


class TaskShown(Struct, frozen=True, kw_only=True):
    """Something to be done in a case, and who did it."""

    name: str
    done_at: str | None = None
    done_by: str | None = None


class CaseShown(Struct, frozen=True, kw_only=True):
    """A case as its steps leave it. `waits_for`: whose turn it is; None once it is closed.
    `overdue_at`: the last deadline that passed while it was open.
    """

    kind: str
    number: str
    opened_at: str
    opened_by: str
    side: Side
    rule: str | None
    fields: dict[str, Any]
    owner: str | None
    deadline_at: str | None
    overdue_at: str | None
    tasks: list[TaskShown]
    attachments: tuple[str, ...]
    findings: tuple[dict[str, Any], ...]
    waits_for: Side | None
    outcome: str | None
    closed_at: str | None
    steps: int


def case_shown(case: Case) -> CaseShown:
    return CaseShown(
        kind=case.kind, number=case.number, opened_at=to_text(case.opened_at_us, 0),
        opened_by=case.opened_by, side=case.side, rule=case.rule, fields=case.fields,
        owner=case.owner, deadline_at=text_of(case.deadline_us),
        overdue_at=text_of(case.overdue_us), tasks=[_task(one) for one in case.tasks],
        attachments=case.attachments, findings=case.findings, waits_for=case.waits_for,
        outcome=case.outcome, closed_at=text_of(case.closed_at_us), steps=case.steps,
    )  # fmt: skip


def step_shown(step: Step) -> StepShown:
    body = dict(step.body)
    if isinstance(due_us := body.pop("deadline_us", None), int):
        body["deadline_at"] = to_text(due_us, 0)
    return StepShown(at=to_text(step.at_us, 0), side=step.side, actor=step.actor,
                     action=step.action, text=step.text, body=body)  # fmt: skip


def body_given(action: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """What a step is made of, of what a caller gave for it. Raises StepError."""
    if action not in ("deadline_set", "deadline_passed"):
        return dict(body)
    rest = {name: one for name, one in body.items() if not name.startswith("deadline_")}
    return rest | {"deadline_us": _microseconds(body.get("deadline_at"))}


def text_of(at_us: int | None) -> str | None:
    return None if at_us is None else to_text(at_us, 0)


def _task(task: Task) -> TaskShown:
    return TaskShown(name=task.name, done_at=text_of(task.done_at_us), done_by=task.done_by)


def _microseconds(given: object) -> int:
    try:
        at = datetime.fromisoformat(given if isinstance(given, str) else "")
        return (at - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, TypeError, OverflowError):  # no time, or one without an offset
        raise StepError(_DEADLINE) from None
