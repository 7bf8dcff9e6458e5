"""A case: something that a person works until it has an outcome. Its state is a fold of its steps.

Steps are only ever added. Each names who did it and on whose side they stand, so that afterwards
nobody can say otherwise; each carries the digest of the one before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any, Literal

import msgspec
from msgspec import Struct

Side = Literal["merchant", "carrier", "buyer", "system"]
Action = Literal[
    "opened", "assigned", "noted", "attached", "task_done", "task_undone", "deadline_set",
    "asked_carrier", "carrier_answered", "asked_buyer", "buyer_answered", "checked", "escalated",
    "deadline_passed", "closed", "reopened",
]  # fmt: skip
NO_STEP = bytes(32)
LONGEST_NAME = 200
LATEST_US = 253_402_300_799_000_000  # the end of the year 9999


class Step(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step. `at_us`: microseconds since 1970; `actor`: a key's or person's name."""

    at_us: int
    side: Side
    actor: str
    action: Action
    text: str = ""
    body: dict[str, Any] = {}


class Task(Struct, frozen=True, kw_only=True):
    """Something to be done in a case, and who did it."""

    name: str
    done_at_us: int | None = None
    done_by: str | None = None


class Case(Struct, frozen=True, kw_only=True):
    """A case as its steps leave it. `waits_for`: whose turn it is; None once it is closed.
    `overdue_us`: the last deadline that passed while it was open.
    """

    kind: str
    number: str
    opened_at_us: int
    opened_by: str
    side: Side
    rule: str | None = None
    fields: dict[str, Any] = {}
    owner: str | None = None
    deadline_us: int | None = None
    overdue_us: int | None = None
    tasks: tuple[Task, ...] = ()
    attachments: tuple[str, ...] = ()
    findings: tuple[dict[str, Any], ...] = ()
    waits_for: Side | None = "merchant"
    outcome: str | None = None
    closed_at_us: int | None = None
    steps: int = 0

    @property
    def open(self) -> bool:
        return self.closed_at_us is None


class StepError(ValueError):
    """A step that a case in this state cannot take; the text is for whoever tried."""


def digest_of(previous: bytes, step: Step) -> bytes:
    """A step's digest after the one before it: what was said cannot be changed unseen."""
    return sha256(previous + msgspec.json.encode(step, order="deterministic")).digest()


def opened(
    kind: str, number: str, tasks: Sequence[str], deadline_us: int | None, step: Step
) -> Case:
    """A case as its first step makes it."""
    return Case(
        kind=kind, number=number, opened_at_us=step.at_us, opened_by=step.actor, side=step.side,
        rule=step.body.get("rule"), fields=step.body.get("fields", {}), deadline_us=deadline_us,
        tasks=tuple(Task(name=name) for name in tasks), steps=1,
    )  # fmt: skip


def after(case: Case, step: Step) -> Case:
    """The case after one more step. Raises StepError."""
    if step.action not in _TAKEN_BY.get(step.side, set(_CHANGES)):
        raise StepError(f"the {step.side} cannot take the step '{step.action}'")
    if not case.open and step.action not in ("reopened", "noted"):
        raise StepError("the case is closed; reopen it first")
    changed = _CHANGES[step.action](case, step)
    return msgspec.structs.replace(case, steps=case.steps + 1, **changed)


def folded(first: Case, steps: Iterable[Step]) -> Case:
    """The case after all its further steps."""
    for step in steps:
        first = after(first, step)
    return first


def _assigned(_: Case, step: Step) -> dict[str, Any]:
    owner = step.body.get("owner")
    return {"owner": None if owner is None else _name(owner, "'owner' is a name, or null")}


def _attached(case: Case, step: Step) -> dict[str, Any]:
    reference = _name(step.body.get("evidence"), "'evidence' names what is attached")
    return {"attachments": tuple(dict.fromkeys([*case.attachments, reference]))}


def _task(case: Case, step: Step, *, done: bool) -> dict[str, Any]:
    name, names = step.body.get("task"), [task.name for task in case.tasks]
    if not isinstance(name, str) or name not in names:
        raise StepError(f"'task' is one of the case's: {', '.join(names) or 'it has none'}")
    mark = Task(name=name, done_at_us=step.at_us, done_by=step.actor) if done else Task(name=name)
    return {"tasks": tuple(mark if task.name == name else task for task in case.tasks)}


def _deadline(_: Case, step: Step) -> dict[str, Any]:
    deadline_us = step.body.get("deadline_us")
    if type(deadline_us) is not int or deadline_us > LATEST_US:  # a bool is an int, too
        raise StepError("'deadline_at' is a time before the year 10000")
    if deadline_us <= step.at_us:
        raise StepError("'deadline_at' lies in the past")
    return {"deadline_us": deadline_us}


def _deadline_passed(case: Case, step: Step) -> dict[str, Any]:
    if step.side != "system":
        raise StepError("only the clock tells that a deadline has passed")
    if case.deadline_us is None or step.body.get("deadline_us") != case.deadline_us:
        raise StepError("the case has another deadline by now")
    return {"overdue_us": case.deadline_us}


def _checked(_: Case, step: Step) -> dict[str, Any]:
    if step.side != "system":
        raise StepError("only the record itself says what its check has found; add a note instead")
    return {"findings": tuple(step.body.get("findings", ()))}


def _closed(_: Case, step: Step) -> dict[str, Any]:
    outcome = step.body.get("outcome")
    if not isinstance(outcome, str) or not outcome:
        raise StepError("'outcome' is needed to close a case")
    return {"outcome": outcome, "closed_at_us": step.at_us, "waits_for": None}


def _reopened(case: Case, _: Step) -> dict[str, Any]:
    if case.open:
        raise StepError("the case is open already")
    return {"outcome": None, "closed_at_us": None, "waits_for": "merchant"}


def _name(given: object, else_: str) -> str:
    if not isinstance(given, str) or not 0 < len(given.strip()) <= LONGEST_NAME:
        raise StepError(f"{else_}; it has {LONGEST_NAME} characters at most")
    return given


def _opened_again(_: Case, __: Step) -> dict[str, Any]:
    raise StepError("the case has been opened already")


_CHANGES = {
    "opened": _opened_again,
    "assigned": _assigned,
    "noted": lambda _case, _step: {},
    "attached": _attached,
    "task_done": lambda case, step: _task(case, step, done=True),
    "task_undone": lambda case, step: _task(case, step, done=False),
    "deadline_set": _deadline,
    "asked_carrier": lambda _case, _step: {"waits_for": "carrier"},
    "carrier_answered": lambda _case, _step: {"waits_for": "merchant"},
    "asked_buyer": lambda _case, _step: {"waits_for": "buyer"},
    "buyer_answered": lambda _case, _step: {"waits_for": "merchant"},
    "deadline_passed": _deadline_passed,
    "checked": _checked,
    "escalated": lambda _case, _step: {},
    "closed": _closed,
    "reopened": _reopened,
}
# Whoever is named here takes these steps only.
_TAKEN_BY: dict[Side, set[Action]] = {
    "carrier": {"carrier_answered", "noted", "attached"},
    "buyer": {"buyer_answered", "noted", "attached"},
}
