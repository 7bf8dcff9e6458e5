from __future__ import annotations

import pytest

from milepost.compat.kuaidi100 import statuses
from milepost.domain.status import STATUSES, main_of


@pytest.mark.parametrize("sub", STATUSES)
def test_every_status_comes_back_with_its_main(sub: str) -> None:
    code = statuses.TABLE.code(sub)

    assert sub in statuses.TABLE.forward
    assert main_of(statuses.TABLE.back[code]) == main_of(sub)


def test_every_code_of_the_vendor_is_known_both_by_name_and_by_meaning() -> None:
    plain = {code for code in statuses.TABLE.back if ":" not in code}

    assert plain == set(statuses.CODES)
    assert {one.state for one in statuses.CODES.values()} <= plain


@pytest.mark.parametrize(
    ("sub", "code", "state"),
    [
        ("picked_up", "103", "1"),
        ("in_transit.arrived_dest_city", "1001", "0"),
        ("customs.released", "12", "8"),
        ("available_for_pickup", "501", "5"),
        ("delivered.locker_or_pickup_point", "304", "3"),
        ("exception.undelivered_timeout", "201", "2"),
        ("exception.refused", "14", "14"),
        ("returned", "4", "4"),
        ("expired", "202", "2"),
        ("unknown", "", ""),
        ("pending", "", ""),
    ],
)
def test_code_and_state(sub: str, code: str, state: str) -> None:
    assert statuses.status_code(sub) == code
    assert statuses.state(sub) == state


def test_names() -> None:
    assert statuses.name("304") == "投柜或站签收"
    assert statuses.name("0", english=True) == "In transit"
    assert statuses.name("") == ""
