"""Why a row of the worry list stands where it stands: its deadline, moved ahead by its worth."""

from __future__ import annotations

from datetime import timedelta

from babel import dates
from msgspec import Struct

from milepost.locale.catalogue import CLDR
from milepost.pages.console.reader import ConsoleReader
from milepost.stores.postgres.console.worries import Worry

# How long is left after an alert opened, by severity, as `worry_renew` has it.
_LEFT_S = {14_400: "critical", 86_400: "warning", 259_200: "info"}


class Why(Struct, frozen=True):
    """`basis`: whose deadline it is; `ahead`: how far its worth moves it, empty without any;
    `sentence`: all of it.
    """

    basis: str
    ahead: str
    sentence: str


def why_of(one: Worry, reader: ConsoleReader) -> Why:
    weight = timedelta(microseconds=one.due_us - one.rank_us)
    basis = _basis(one, reader)
    left = reader.left(one.due_us)
    if not weight:
        return Why(basis, "", reader.text("why.plain", left=left, basis=basis))
    ahead, worth = _hours(weight, reader), reader.money(one.value_minor, one.currency)
    sentence = reader.text(
        "why.moved", left=left, basis=basis, worth=worth, ahead=ahead,
        sum=reader.left(one.rank_us),
    )  # fmt: skip
    return Why(basis, reader.text("why.ahead", ahead=ahead), sentence)


def _hours(span: timedelta, reader: ConsoleReader) -> str:
    """In hours, however many: rows are to be compared."""
    return dates.format_timedelta(
        span, granularity="hour", threshold=span.days + 1, format="narrow",
        locale=CLDR[reader.locale],
    )  # fmt: skip


def _basis(one: Worry, reader: ConsoleReader) -> str:
    if one.case_id is not None:
        return reader.text("why.case")
    severity = _LEFT_S.get(one.due_us // 1_000_000 - one.since_s)
    if severity is None:
        return reader.text("why.alerts")
    hours = reader.span(timedelta(seconds=one.due_us // 1_000_000 - one.since_s))
    return reader.text("why.alert", span=hours, severity=reader.text(f"severity.{severity}"))
