from __future__ import annotations

import pytest

from milepost.identify import check
from milepost.identify.checksums import Checksum
from milepost.identify.model import CarrierNumbers, Format, Pattern


def one(**changes: object) -> Format:
    base: dict[str, object] = {
        "id": "x",
        "name": "X",
        "patterns": (Pattern(r"X\d{4}"),),
        "valid": ("X1234",),
        "invalid": ("Y1234",),
    }
    return Format(**(base | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({}, None),
        ({"valid": ()}, "needs valid and invalid examples"),
        ({"valid": ("X12",)}, "valid example X12 does not fit"),
        ({"invalid": ("X1234",)}, "invalid example X1234 fits"),
        ({"patterns": (Pattern("(?=X)"),)}, "look-around"),
        ({"checksum": Checksum("mod99")}, "unknown checksum kind"),
        ({"checksum": Checksum("mod7")}, "needs the groups serial and check"),
    ],
)
def test_problems_of_a_format(changes: dict[str, object], problem: str | None) -> None:
    numbers = CarrierNumbers(weight=1, format=(one(**changes),))
    found = list(check._check_carrier("x-post", numbers))

    assert found == [] if problem is None else any(problem in text for text in found)


def test_problems_of_a_carrier() -> None:
    numbers = CarrierNumbers(weight=0, format=(one(), one()))

    found = list(check._check_carrier("x-post", numbers))
    assert any("same id" in text for text in found)
    assert any("above 0" in text for text in found)


def test_unreadable_data_is_one_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ValueError("line 3")

    monkeypatch.setattr(check, "read_numbers", broken)
    assert check.check_formats() == ["a numbers.toml cannot be read: line 3"]
