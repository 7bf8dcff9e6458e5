"""Reads of RFID tags, and plain statements, as changes of containment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import cast

from milepost.domain.telemetry import Action, Change, RfidRead, parcel_name
from milepost.engine.loading_words import said_of
from milepost.engine.resolve import BadScanError, checked_number
from milepost.epcis.containers import asset_of
from milepost.epcis.link import canonical, path_of
from milepost.epcis.tags import urn_of_tag
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


def read_reads(
    body: bytes, received_us: int, *, lines: bool = False, reader: str | None = None
) -> Batch[RfidRead]:
    """`reader`: who read what names no reader itself. Raises NotABatchError."""
    made = partial(_as_read, received_us=received_us, reader=reader)
    return _reads.read(body, made, lines=lines)


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


def things_of(tags: Iterable[str]) -> dict[str, str]:
    """Tag → what carries it, where the tag itself says so: parcels (SSCC) and returnable or
    individual assets, as a URI or as a reader's hexadecimal. Goods are in parcels, and no things.
    """
    found = {}
    for tag in tags:
        epc = urn_of_tag(tag) or tag
        name = asset_of(epc) if path_of(canonical(epc)) is not None else ""
        if name.startswith(("parcel:", "grai:", "giai:")):
            found[tag] = name
    return found


def _as_read(report: RfidReport, received_us: int, reader: str | None) -> RfidRead:
    at_us = instant_us(report.at, received_us)
    by = report.reader or reader
    if by is None:
        raise BadReportError("reader: who read it?")
    check_name(by)
    check_name(report.tag)
    return RfidRead(by, report.tag, at_us, report.antenna, report.strength_dbm)


def _as_change(report: ChangeReport, received_us: int) -> Change:
    if (report.child is None) == (report.number is None):
        raise BadReportError("needs either a child or a number")
    for name in (report.child or "-", report.parent or "-", report.source or "-"):
        check_name(name)
    at_us = instant_us(report.at, received_us)
    child = report.child or _parcel(report.number or "")
    action = _action(report.action)
    if action == "add" and not report.parent:
        raise BadReportError("parent: what was it added to?")
    if child == "*" and (action != "remove" or not report.parent):
        raise BadReportError("child: '*' only says that a parent was emptied")
    source, sure = report.source, report.confidence_pm
    return Change(child, report.parent, at_us, action, source, sure)


def _action(word: str) -> Action:
    """`add`, `remove`, `observe`, or what was done in the words of loading (`load`, `unbag` …)."""
    if word in ("add", "remove", "observe"):
        return cast("Action", word)
    said = said_of(word, None, None, "")
    if said in ("add", "remove"):
        return cast("Action", said)
    raise BadReportError(f"action: '{word}' is neither add, remove, observe nor a way of loading")


def _parcel(number: str) -> str:
    try:
        return parcel_name(checked_number(number))
    except BadScanError as error:
        raise BadReportError(str(error)) from None
