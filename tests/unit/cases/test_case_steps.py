"""A case is the fold of its steps; its kinds are data; the check reads the record."""

from __future__ import annotations

import pytest

from milepost.domain.case import NO_STEP, Case, Step, StepError, after, digest_of, folded, opened
from milepost.engine.cases.kinds import checked_fields, kinds, problems


def step(action: str, at: int = 2, **body: object) -> Step:
    return Step(at_us=at, side="merchant", actor="Li", action=action, body=body)  # type: ignore[arg-type]


def case() -> Case:
    first = step("opened", 1, fields={"problem": "damaged"})
    return opened("report", "YT6400000000011", ["check_record", "answer_buyer"], 99, first)


def test_steps_change_a_case() -> None:
    found = folded(case(), [
        step("assigned", owner="Wang"), step("task_done", 5, task="check_record"),
        step("asked_carrier"), step("attached", evidence="ev1"), step("attached", evidence="ev1"),
    ])  # fmt: skip
    assert (found.owner, found.waits_for, found.attachments) == ("Wang", "carrier", ("ev1",))
    assert [(one.name, one.done_at_us) for one in found.tasks] == [
        ("check_record", 5), ("answer_buyer", None)]  # fmt: skip
    assert found.steps == 6


def test_a_closed_case_takes_notes_only_until_it_is_opened_again() -> None:
    done = after(case(), step("closed", 9, outcome="solved"))
    assert (done.open, done.outcome, done.waits_for) == (False, "solved", None)
    assert after(done, step("noted")).steps == 3
    with pytest.raises(StepError):
        after(done, step("assigned", owner="Wang"))
    assert after(done, step("reopened")).open


@pytest.mark.parametrize("bad", [
    step("task_done", task="dance"), step("closed"), step("closed", outcome=""),
    step("attached"), step("deadline_set", deadline_us="soon"), step("reopened"), step("opened"),
    step("assigned", owner=7),
])  # fmt: skip
def test_a_step_that_makes_no_sense_is_refused(bad: Step) -> None:
    with pytest.raises(StepError):
        after(case(), bad)


def test_a_digest_tells_whether_anything_before_it_was_changed() -> None:
    one, other = step("noted", 3), step("noted", 4)
    assert digest_of(digest_of(NO_STEP, one), other) != digest_of(digest_of(NO_STEP, other), one)
    assert digest_of(NO_STEP, one) == digest_of(NO_STEP, step("noted", 3))


def test_kinds_are_in_order() -> None:
    assert problems() == []
    assert kinds()["second_delivery"].deadline_h == 72


def test_fields_are_checked_and_what_is_personal_goes_apart() -> None:
    kind = kinds()["address_change"]
    plain, personal = checked_fields(kind, {"city": "Ulm", "phone": "123"}, "in_transit")
    assert (plain, personal) == ({"city": "Ulm"}, {"phone": "123"})
    for given, main in (({}, "in_transit"), ({"city": "Ulm"}, "delivered"),
                        ({"city": "Ulm", "shoe": 44}, None)):  # fmt: skip
        with pytest.raises(StepError):
            checked_fields(kind, given, main)


@pytest.mark.parametrize(("kind", "fields", "fault"), [
    ("report", {"problem": "ghosts"}, "'problem' is not_received or damaged"),
    ("claim", {"problem": "damage", "amount_minor": "lots", "currency": "EUR"}, "amount_minor"),
    ("claim", {"problem": "damage", "amount_minor": 100, "currency": "moon"}, "currency"),
    ("second_delivery", {"day": "tomorrow"}, "'day'"),
])  # fmt: skip
def test_a_field_that_makes_no_sense_is_refused(
    kind: str, fields: dict[str, object], fault: str
) -> None:
    with pytest.raises(StepError, match=fault):
        checked_fields(kinds()[kind], fields, None)
