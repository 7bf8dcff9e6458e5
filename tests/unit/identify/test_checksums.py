from __future__ import annotations

import pytest

from milepost.identify.checksums import KINDS, Checksum, passes

# Worked examples of the standards (S10, Luhn, GS1, ISO 7064) or worked out by hand.
ROWS = [
    (Checksum("s10"), "47312482", "9"),
    (Checksum("s10"), "00000000", "5"),
    (Checksum("luhn"), "7992739871", "3"),
    (Checksum("mod7"), "100000000", "2"),
    (Checksum("mod10", weights=(3, 1)), "400638133393", "1"),
    (Checksum("mod10", weights=(1, 2)), "A1", "5"),
    (Checksum("mod10", weights=(3, 1), prefix="91"), "00000000000100000", "1"),
    (Checksum("mod11", weights=(4, 3, 2)), "123", "6"),
    (Checksum("weighted", weights=(3, 1, 7), moduli=(11, 10)), "111", "0"),
    (Checksum("weighted", weights=(3, 1, 7), moduli=(11, 10)), "222", "0"),
    (Checksum("mod_37_36"), "A12425GABC1234002", "M"),
]


@pytest.mark.parametrize(("rule", "serial", "check"), ROWS)
def test_check_digit_of_worked_examples(rule: Checksum, serial: str, check: str) -> None:
    assert passes(rule, serial, check)


@pytest.mark.parametrize(("rule", "serial", "check"), ROWS)
def test_no_other_digit_passes(rule: Checksum, serial: str, check: str) -> None:
    others = set("0123456789") - {check}

    assert not any(passes(rule, serial, other) for other in others)


def test_every_kind_is_tried_here() -> None:
    assert {rule.kind for rule, _, _ in ROWS} == set(KINDS)
