"""Why nothing is known of a number."""

from __future__ import annotations

from milepost.engine.norecord import Asked, explain, look_alikes
from milepost.identify import identify

GOOD = "1Z999AA10123456784"  # the check digit that UPS's own documents show


def codes(**given: object) -> list[str]:
    return [one.code for one in explain(Asked(**given))]  # type: ignore[arg-type]


def test_a_letter_taken_for_a_digit_is_found() -> None:
    assert identify(GOOD).candidates
    for wrong in (GOOD.replace("0", "O", 1), GOOD.replace("10123", "01123"), GOOD[:-3] + "874"):
        assert GOOD in look_alikes(wrong), wrong


def test_a_number_that_checks_has_no_wrong_number_among_its_reasons() -> None:
    assert codes(number=GOOD) == ["too_early"]


def test_a_check_digit_that_fails_comes_first() -> None:
    found = codes(number="1Z999AA10123456785")
    assert found[0] in {"wrong_number", "look_alike"}
    assert "wrong_number" in found


def test_a_carrier_whose_number_it_is_not() -> None:
    (first, *_) = explain(Asked(number=GOOD, carrier="sf"))
    assert first.code == "wrong_carrier"
    assert "ups" in first.proposals


def test_a_carrier_that_wants_the_end_of_a_phone() -> None:
    asked = {"number": "SF1234567890123", "needs_phone_tail": lambda slug: slug == "sf"}
    assert codes(**asked)[0] == "phone_tail_needed"
    assert "phone_tail_needed" not in codes(**asked, phone_tail="1234")


def test_a_carrier_that_does_not_answer() -> None:
    assert "carrier_down" in codes(number=GOOD, down=lambda slug: slug == "ups")


def test_what_was_shipped_long_ago_may_be_forgotten() -> None:
    assert codes(number=GOOD, shipped_s=300 * 86_400) == ["too_old"]
    assert codes(number=GOOD, registered_s=10 * 86_400) == ["not_handed_over"]


def test_nonsense_is_explained_too() -> None:
    assert codes(number="")[0] == "unknown_format"
    assert codes(number="?" * 60)[0] == "unknown_format"


def test_what_should_have_been_scanned_is_not_too_early() -> None:
    announced = Asked(number="1Z12345E0205271688", registered_s=9 * 86_400)
    assert "not_handed_over" in [one.code for one in explain(announced)]
    shipped = Asked(number="1Z12345E0205271688", shipped_s=5 * 86_400, registered_s=60)
    assert [one.code for one in explain(shipped)][-1] == "not_handed_over"
    fresh = Asked(number="1Z12345E0205271688", shipped_s=3600)
    assert [one.code for one in explain(fresh)][-1] == "too_early"
    forgotten = Asked(number="1Z12345E0205271688", registered_s=200 * 86_400)
    assert [one.code for one in explain(forgotten)][-1] == "too_old"


def test_for_a_number_that_cannot_be_nobody_has_to_wait() -> None:
    found = [one.code for one in explain(Asked(number="RR123456786CN"))]
    assert "wrong_number" in found
    assert "too_early" not in found
