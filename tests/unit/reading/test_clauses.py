"""What is only said to come once something else happens has not happened."""

from __future__ import annotations

import pytest

from milepost.reading import read
from milepost.reading.clauses import main_clause
from milepost.reading.normalise import normalise


@pytest.mark.parametrize(
    ("text", "main"),
    [
        ("Label printed. We update this page once the parcel was delivered", "info_received"),
        ("Arrived at depot, we tell you as soon as it is out for delivery", "in_transit"),
        ("Im Depot eingetroffen, sobald sie zugestellt wird, erfahren Sie es", "in_transit"),
        ("Colis en transit, vous serez prévenu dès que le colis est livré", "in_transit"),
    ],
)  # fmt: skip
def test_the_main_clause_decides(text: str, main: str) -> None:
    assert read(text).main == main


def test_a_text_that_is_all_condition_keeps_its_words() -> None:
    assert main_clause(normalise("Once received")) is None
    assert main_clause(normalise("Delivered to recipient")) is None
