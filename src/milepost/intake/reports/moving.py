"""Reads of RFID tags, and plain statements, as changes of containment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from milepost.domain.telemetry import Change, RfidRead, parcel_name
from milepost.engine.resolve import BadScanError, checked_number
from milepost.intake.reports.reading import Batch, Reader
from milepost.intake.reports.samples import check_name
from milepost.intake.reports.shapes import ChangeReport, RfidReport
from milepost.intake.reports.units import BadReportError, instant_us

# A tag that stays within reach is read many times a second: one read a minute says as much.
EVERY_US = 60_000_000
# Readers see what is beside the gate, too.
CONFIDENCE_PM = 900
_reads = Reader(RfidReport)
_changes = Reader(ChangeReport)


def read_reads(body: bytes, received_us: int, *, lines: bool = False) -> Batch[RfidRead]:
    """Raises NotABatchError."""
    return _reads.read(body, partial(_as_read, received_us=received_us), lines=lines)


def read_changes(body: bytes, received_us: int, *, lines: bool = False) -> Batch[Change]:
    """Raises NotABatchError."""
    return _changes.read(body, partial(_as_change, received_us=received_us), lines=lines)


def observed(
    reads: Iterable[RfidRead], places: Mapping[str, str], things: Mapping[str, str]
) -> list[Change]:
    """What reads say of containment, each tag at most once a minute. `places`: reader → the asset
    or place where it is; `things`: tag → what carries it. Reads of unknown ones say nothing.
    """
    found: dict[tuple[str, str, int], Change] = {}
    for one in reads:
        parent, child = places.get(one.reader), things.get(one.tag)
        if parent is None or child is None or child == parent:
            continue
        change = Change(child, parent, one.at_us, "observe", f"rfid:{one.reader}", CONFIDENCE_PM)
        key = (child, parent, one.at_us // EVERY_US)
        known = found.get(key)
        if known is None or one.at_us < known.at_us:
            found[key] = change
    return list(found.values())


def _as_read(report: RfidReport, received_us: int) -> RfidRead:
    at_us = instant_us(report.at, received_us)
    check_name(report.reader)
    check_name(report.tag)
    return RfidRead(report.reader, report.tag, at_us, report.antenna, report.strength_dbm)


def _as_change(report: ChangeReport, received_us: int) -> Change:
    if (report.child is None) == (report.number is None):
        raise BadReportError("needs either a child or a number")
    for name in (report.child or "-", report.parent or "-", report.source or "-"):
        check_name(name)
    at_us = instant_us(report.at, received_us)
    child = report.child or _parcel(report.number or "")
    if report.action == "add" and not report.parent:
        raise BadReportError("parent: what was it added to?")
    if child == "*" and (report.action != "remove" or not report.parent):
        raise BadReportError("child: '*' only says that a parent was emptied")
    source, sure = report.source, report.confidence_pm
    return Change(child, report.parent, at_us, report.action, source, sure)


def _parcel(number: str) -> str:
    try:
        return parcel_name(checked_number(number))
    except BadScanError as error:
        raise BadReportError(str(error)) from None
