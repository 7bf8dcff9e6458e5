"""Whether a case is what its steps say. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from milepost.domain.case import NO_STEP, Case, StepError, digest_of, folded, opened
from milepost.engine.cases.ports import CaseRow, StepRow


def unbroken(row: CaseRow, steps: Sequence[StepRow]) -> bool:
    """Whether no step was changed, removed, put in or moved afterwards."""
    digest = NO_STEP
    for one in steps:
        digest = digest_of(digest, one.step)
        if digest != one.digest:
            return False
    return digest == row.digest and len(steps) == row.case.steps


def unsound(row: CaseRow, steps: Sequence[StepRow]) -> str | None:
    """What is wrong with a case, None if nothing is."""
    if not unbroken(row, steps):
        return f"{len(steps)} of {row.case.steps} steps do not bear out the last one's digest"
    told = _told(row.case, steps)
    return None if told in (None, row.case) else "it is not what its steps make of it"


def _told(case: Case, steps: Sequence[StepRow]) -> Case | None:
    """The case as its steps make it; None where an earlier version took steps that we do not."""
    names = [task.name for task in case.tasks]
    first, *others = [one.step for one in steps]
    try:
        return folded(opened(case.kind, case.number, names, _due(case, steps), first), others)
    except StepError:
        return None


def _due(case: Case, steps: Sequence[StepRow]) -> int | None:
    """The deadline that it was opened with, which only a later step may name."""
    for one in steps:
        if one.step.action == "deadline_passed":
            return int(one.step.body["deadline_us"])
        if one.step.action == "deadline_set":
            return None
    return case.deadline_us
