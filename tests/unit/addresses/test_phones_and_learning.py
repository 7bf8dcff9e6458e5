"""Phones by country, and what failed deliveries teach about areas."""

from __future__ import annotations

import pytest

from milepost.addresses import Address, check
from milepost.addresses.learned import PRIOR_PM, Record, failed_pm, merge, parents_of, update
from milepost.addresses.phones import check_phone


@pytest.mark.parametrize(
    ("raw", "country", "e164", "kind", "codes"),
    [
        ("13912345679", "CN", "+8613912345679", "mobile", []),
        ("+86 139 1234 5679", "CN", "+8613912345679", "mobile", []),
        ("86 13912345679", "CN", "+8613912345679", "mobile", []),
        ("0571-87651234", "CN", "+8657187651234", "landline", ["phone_landline"]),
        ("400-820-8820", "CN", "+864008208820", "service", ["phone_service"]),
        ("13800138000", "CN", "+8613800138000", "mobile", ["phone_service"]),
        ("13888888888", "CN", "+8613888888888", "mobile", ["phone_placeholder"]),
        ("12345678901", "CN", None, "unknown", ["phone_placeholder"]),
        ("1391234567", "CN", None, "unknown", ["phone_invalid"]),
        ("13912345679", "US", "+8613912345679", "mobile", ["phone_other_country"]),
        ("+49 30 901820", "FR", "+4930901820", "landline",
         ["phone_other_country", "phone_landline"]),
        ("(212) 736-3100", "US", "+12127363100", "mobile_or_landline", []),
        ("+1 212 555 0123", "US", "+12125550123", "mobile_or_landline", ["phone_placeholder"]),
        ("07400 123456", "GB", "+447400123456", "mobile", []),
        ("hello", "DE", None, "unknown", ["phone_invalid"]),
    ],
)  # fmt: skip
def test_phones(raw: str, country: str, e164: str | None, kind: str, codes: list[str]) -> None:
    phone, reasons = check_phone(raw, country)

    assert [one.code for one in reasons] == codes
    if e164 is not None:
        assert (phone.e164, phone.kind) == (e164, kind)


def test_an_empty_phone_is_missing_and_none_is_not_asked_for() -> None:
    where = "浙江省杭州市西湖区保俶路12号"
    assert [one.code for one in check(Address(text=where, phone=" ")).reasons] == ["phone_missing"]
    assert check(Address(text=where)).score_pm == 1000


def test_areas_have_parents() -> None:
    assert parents_of("CN-330106") == ["CN-3301", "CN-33", "CN", ""]
    assert parents_of("US-62701") == ["US-627", "US", ""]
    assert parents_of("DE") == [""]


def test_a_new_area_has_the_rate_of_what_is_above() -> None:
    table = update({}, "CN-330106", "failed", 60)
    table = update(table, "CN-330106", "delivered", 40)

    assert failed_pm({}, "CN-330106") == PRIOR_PM
    assert 400 < failed_pm(table, "CN-330106") <= 600
    assert PRIOR_PM < failed_pm(table, "CN-330105") < failed_pm(table, "CN-330106")
    assert failed_pm(update({}, "US-62701", "failed"), "US-62701") < 250


def test_merging_is_the_same_as_one_by_one() -> None:
    by_one: dict[str, Record] = {}
    for outcome in ("failed", "delivered", "delivered"):
        by_one = update(by_one, "US-62701", outcome)  # type: ignore[arg-type]
    assert merge({}, {"US-62701": Record(delivered=2, failed=1)}) == by_one


def test_a_failing_area_costs_points_and_is_named() -> None:
    address = Address(text="浙江省杭州市西湖区保俶路12号")
    found = check(address, update({}, "CN-330106", "failed", 100))

    assert found.area == "CN-330106"
    assert found.score_pm < check(address).score_pm
    assert "area_failing" in [one.code for one in found.reasons]
