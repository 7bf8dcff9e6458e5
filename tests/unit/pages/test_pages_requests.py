"""What a consignee sees of the cases that he has opened."""

from __future__ import annotations

from milepost.domain.case import Case, Side
from milepost.engine.cases.ports import CaseRow
from milepost.locale import LOCALES
from milepost.pages.care.requests import requests
from milepost.pages.view.reader import Reader
from unit.pages import samples

OPENED_US = int(samples.NOW.timestamp() * 1e6)


def row(
    case_id: int,
    kind: str,
    waits_for: Side | None,
    side: Side = "buyer",
    outcome: str | None = None,
) -> CaseRow:
    closed = None if waits_for else OPENED_US
    case = Case(
        kind=kind,
        number="CV4410029917",
        opened_at_us=OPENED_US,
        opened_by="consignee",
        side=side,
        waits_for=waits_for,
        outcome=outcome,
        closed_at_us=closed,
    )
    return CaseRow(case_id, 1, 7, case, b"")


def reader(locale: str) -> Reader:
    return Reader(locale, samples.NOW, lambda slug, _locale: slug)


def test_his_own_cases_are_told_the_newest_first() -> None:
    rows = [
        row(4, "report", "merchant"),
        row(5, "second_delivery", "carrier"),
        row(6, "receipt", None, outcome="noted"),
        row(7, "claim", "carrier", side="merchant"),
        row(8, "address_change", "buyer"),
    ]

    told = [(one.reference, one.what, one.state) for one in requests(rows, reader("en"))]

    assert told == [
        (8, "Change the delivery", "waits for you"),
        (6, "Confirm that you have it", "done"),
        (5, "Deliver it again", "with the carrier"),
        (4, "Report a problem", "with the shop"),
    ]


def test_they_are_told_in_every_language() -> None:
    for locale in LOCALES:
        (one,) = requests([row(4, "rating", "system")], reader(locale))

        assert one.what
        assert one.state
        assert one.day
