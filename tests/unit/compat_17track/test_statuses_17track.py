from __future__ import annotations

import pytest

from milepost.compat.core.checking import table_problems
from milepost.compat.seventeentrack.road import STAGES, STATUSES, stage_of, status_of
from milepost.domain.status import STATUSES as CANONICAL

MAINS = {
    "NotFound", "InfoReceived", "InTransit", "Expired", "AvailableForPickup", "OutForDelivery",
    "DeliveryFailure", "Delivered", "Exception",
}  # fmt: skip


def test_the_table_is_total_both_ways() -> None:
    assert list(table_problems(STATUSES)) == []


def test_there_are_thirty_subs_of_nine_mains() -> None:
    assert len(STATUSES.back) == 30
    assert {code.partition("_")[0] for code in STATUSES.back} == MAINS
    assert {status_of(sub).main for sub in CANONICAL} == MAINS


def test_each_of_their_words_comes_back_as_itself() -> None:
    assert {code: STATUSES.code(sub) for code, sub in STATUSES.back.items()} == {
        code: code for code in STATUSES.back
    }


@pytest.mark.parametrize(
    ("sub", "code"),
    [
        ("customs.info_required", "InTransit_CustomsRequiringInformation"),
        ("attempt_failed.bad_address", "DeliveryFailure_InvalidAddress"),
        ("returned", "Exception_Returned"),
        ("picked_up", "InTransit_PickedUp"),
        ("info_received.created", "InfoReceived"),
        ("available_for_pickup.overdue", "Exception_NoBody"),
        ("expired", "Expired_Other"),
    ],
)
def test_some_of_ours(sub: str, code: str) -> None:
    assert status_of(sub).sub == code


def test_every_stage_is_reached_by_some_status() -> None:
    assert {stage_of(sub) for sub in CANONICAL} == {None, *STAGES}
