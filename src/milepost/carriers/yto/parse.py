"""YTO Express: waybill process queries (JSON or XML) and status pushes (form, JSON or XML).

A query gives text and time; a push one `infoContent` (GOT, ARRIVAL, … SIGNED) at a time.
"""

from __future__ import annotations

from typing import Any

from milepost.carriers.toolkit.bodies import read_body
from milepost.carriers.toolkit.collect import Collector, ScanError, unreadable
from milepost.carriers.toolkit.decoding import PayloadError
from milepost.carriers.toolkit.times import need_when
from milepost.carriers.toolkit.tree import dig, text_of
from milepost.carriers.toolkit.units import weight_g
from milepost.domain.place import Place
from milepost.domain.scan import Facts, ParseContext, Parsed, Scan

SLUG = "yto"
_FORM_FIELDS = ("logistics_interface", "param", "data")
_LISTS = ("Result.WaybillProcessInfo", "WaybillProcessInfo", "data", "result", "Result")
_NUMBERS = ("mailNo", "waybillNo", "waybill_No", "Waybill_No", "logisticsNo")
_TIMES = ("acceptTime", "upload_Time", "Upload_Time", "uploadTime")
_ROW_KEYS = {*_TIMES, "infoContent"}
_TEXTS = ("processInfo", "ProcessInfo", "remark")
# YTO's CST is China Standard Time and says no more than the bare time does
_FORMATS = ("%Y-%m-%d %H:%M:%S.%f CST", "%Y-%m-%d %H:%M:%S CST")


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """Reads a process query's answer or a status push."""
    try:
        body = read_body(payload, _FORM_FIELDS, context.content_type)
    except PayloadError as error:
        return unreadable(payload, str(error))
    collector = Collector()
    if str(dig(body, "success")).lower() == "false":
        collector.error(text_of(body, "reason", "message", "code") or "failed")
    rows = _rows(collector, body)
    if not rows and not collector.errors and not collector.unread:
        return unreadable(payload, "no YTO process")
    collector.each(rows, "process", lambda row: _read(collector, row, context.number))
    return collector.parsed()


def _rows(collector: Collector, body: Any) -> list[Any]:
    if isinstance(body, list):
        return body
    if isinstance(body, dict) and _ROW_KEYS & body.keys():
        return [body]
    return collector.rows(body, "", *_LISTS)


def _read(collector: Collector, row: Any, asked: str | None) -> Scan:
    number = text_of(row, *_NUMBERS) or asked
    if not number:
        raise ScanError("no waybill number")
    when = need_when(*(dig(row, name) for name in _TIMES), formats=_FORMATS)
    code = text_of(row, "infoContent")
    scan = Scan(
        number=number,
        occurred_at=when.at,
        date_only=when.date_only,
        carrier=SLUG,
        code=code,
        code_set=SLUG,
        text=text_of(row, *_TEXTS),
        place=_place(row),
        order_number=text_of(row, "txLogisticID"),
    )
    _facts(collector, row, scan)
    return scan


def _place(row: Any) -> Place | None:
    place = Place(
        name=text_of(row, "orgName", "stationName"),
        city=text_of(row, "city"),
        region=text_of(row, "province"),
    )
    return None if place == Place() else place


def _facts(collector: Collector, row: Any, scan: Scan) -> None:
    # `name` is whoever the status is about: the courier for GOT, the signer for SIGNED
    signer = text_of(row, "signedName", "name") if scan.code == "SIGNED" else None
    facts = Facts(
        number=scan.number,
        carrier=SLUG,
        order_number=scan.order_number,
        weight_g=weight_g(dig(row, "weight"), "kg"),
        signed_by=signer,
    )
    if facts.weight_g or facts.signed_by:
        collector.facts.append(facts)
