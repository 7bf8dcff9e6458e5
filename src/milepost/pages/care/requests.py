"""What became of what the consignee has asked for."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from milepost.domain.moment import to_datetime
from milepost.engine.cases.ports import CaseRow
from milepost.locale import dates
from milepost.locale.notifying import say
from milepost.pages.view.reader import Reader

# How the page calls each kind of a buyer's case.
_HEADINGS = {
    "report": "report.heading",
    "second_delivery": "redelivery.heading",
    "address_change": "change.heading",
    "delivery_change": "change.heading",
    "receipt": "receipt.heading",
    "rating": "rate.heading",
}
_TURNS = ("merchant", "carrier", "buyer")


class Request(Struct, frozen=True):
    """A case as its buyer sees it: no names, no words of others."""

    reference: int
    what: str
    day: str
    state: str
    closed: bool


def requests(rows: Sequence[CaseRow], reader: Reader) -> list[Request]:
    """The buyer's own cases, the newest first."""
    own = [row for row in rows if row.case.side == "buyer" and row.case.kind in _HEADINGS]
    return [_request(row, reader) for row in sorted(own, key=lambda row: -row.id)]


def _request(row: CaseRow, reader: Reader) -> Request:
    case = row.case
    turn = case.waits_for if case.waits_for in _TURNS else "merchant"
    return Request(
        reference=row.id,
        what=say(_HEADINGS[case.kind], reader.locale),
        day=dates.short(to_datetime(case.opened_at_us, 0).date(), reader.locale, reader.now.date()),
        state=say(f"requests.{turn if case.open else 'closed'}", reader.locale),
        closed=not case.open,
    )
