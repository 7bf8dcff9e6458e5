"""Kuaidi100: query answers (`resultv2` 0 to 8), pushes (form `param=` or JSON), errors.

A push holds `lastResult` and, for parcels that change carrier abroad, `destResult`; each is what
a query answers. The newest event takes the waybill's `state` where events carry no code.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from milepost.carriers.toolkit.collect import Collector, ScanError, unreadable
from milepost.carriers.toolkit.decoding import PayloadError, read_json_or_form, step_into
from milepost.carriers.toolkit.promises import latest, promise
from milepost.carriers.toolkit.tables import load_table
from milepost.carriers.toolkit.times import need_when, read_when
from milepost.carriers.toolkit.tree import dig, object_of, text_of
from milepost.carriers.toolkit.units import read_point
from milepost.domain.place import Place
from milepost.domain.scan import Facts, LinkedNumber, ParseContext, Parsed, Scan

SLUG = "kuaidi100"
CARRIERS = load_table(__package__, "carriers.toml", "carriers")
_ARRIVAL_FORMATS = ("%Y-%m-%d %H",)
_KNOWN_KEYS = {"lastResult", "destResult", "data", "returnCode", "status", "result", "message"}


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """Reads a query's answer or a push."""
    try:
        body, _ = read_json_or_form(payload, "param", context.content_type)
        body = step_into(body, "param")
    except PayloadError as error:
        return unreadable(payload, str(error))
    if not isinstance(body, dict) or not _KNOWN_KEYS & body.keys():
        return unreadable(payload, "no Kuaidi100 answer")
    collector = Collector()
    if "lastResult" in body or "destResult" in body:
        _read_push(collector, body, context)
    else:
        _read_result(collector, body, "", context)
    return collector.parsed()


def _read_push(collector: Collector, body: dict[str, Any], context: ParseContext) -> None:
    first, last = object_of(body, "lastResult"), object_of(body, "destResult")
    if text_of(body, "status") == "abort":
        collector.error(_abort_reason(body))
    if not first and body.get("lastResult") is not None:
        collector.miss("lastResult", "not an object", body["lastResult"])
    if first:
        own = text_of(body, "comNew") if text_of(body, "autoCheck") == "1" else None
        _read_result(collector, first | ({"com": own} if own else {}), "lastResult.", context)
    if last:
        elsewhere = replace(context, number=None)
        _read_result(collector, last, "destResult.", elsewhere)
        _link(collector, text_of(first, "nu") or context.number, last)


def _abort_reason(body: dict[str, Any]) -> str:
    message, new = text_of(body, "message") or "abort", text_of(body, "comNew")
    return f"{message} (comNew {new})" if new else message


def _link(collector: Collector, number: str | None, last: dict[str, Any]) -> None:
    other = text_of(last, "nu")
    if number and other and other != number:
        carrier = CARRIERS.get(text_of(last, "com") or "")
        linked = (LinkedNumber(number=other, carrier=carrier),)
        collector.facts.append(Facts(number=number, linked=linked))


def _read_result(
    collector: Collector, result: dict[str, Any], where: str, context: ParseContext
) -> None:
    rows = collector.rows(result, where, "data")
    number = text_of(result, "nu", "kuaidiNum") or context.number
    if not rows and text_of(result, "message") != "ok":
        collector.error(text_of(result, "message"))
    carrier = CARRIERS.get(text_of(result, "com", "kuaidiCom") or "")
    inner = Collector()
    inner.each(rows, f"{where}data", lambda row: _scan(row, number, carrier))
    scans = inner.scans if inner.unread else _with_state(inner.scans, text_of(result, "state"))
    collector.scans += scans
    collector.unread += inner.unread
    if number:
        made_at = latest((scan.occurred_at for scan in scans), context.received_at)
        end = read_when(dig(result, "arrivalTime"), _ARRIVAL_FORMATS)
        if promised := promise(number, made_at, end, carrier=carrier):
            collector.scans.append(promised)
        _facts(collector, result, number, carrier)


def _scan(row: Any, number: str | None, carrier: str | None) -> Scan:
    if not number:
        raise ScanError("no nu")
    when = need_when(dig(row, "ftime"), dig(row, "time"))
    return Scan(
        number=number,
        occurred_at=when.at,
        date_only=when.date_only,
        carrier=carrier,
        code=text_of(row, "statusCode", "status"),
        code_set=SLUG,
        text=text_of(row, "context"),
        place=_place(row),
    )


def _place(row: Any) -> Place | None:
    area = text_of(row, "areaName")
    parts = (area or "").split(",")
    longitude, _, latitude = (text_of(row, "areaCenter") or "").partition(",")
    point = read_point(latitude, longitude) or (None, None)
    place = Place(
        name=text_of(row, "location") or area,
        city=parts[1] if len(parts) > 1 else None,
        region=parts[0] or None,
        country="CN" if (text_of(row, "areaCode") or "").startswith("CN") else None,
        latitude=point[0],
        longitude=point[1],
    )
    return None if place == Place() else place


def _with_state(scans: list[Scan], state: str | None) -> list[Scan]:
    """The newest event takes the waybill's state if it has no code of its own."""
    if not scans or state is None:
        return scans
    newest = 0 if _key(scans[0]) >= _key(scans[-1]) else len(scans) - 1
    if scans[newest].code is None:
        scans[newest] = replace(scans[newest], code=state)
    return scans


def _key(scan: Scan) -> str:
    return scan.occurred_at.replace(tzinfo=None).isoformat()


def _facts(collector: Collector, result: dict[str, Any], number: str, carrier: str | None) -> None:
    origin = text_of(result, "routeInfo.from.name")
    destination = text_of(result, "routeInfo.to.name")
    if origin or destination:
        collector.facts.append(
            Facts(
                number=number,
                carrier=carrier,
                origin=_area(origin),
                destination=_area(destination),
            )
        )


def _area(name: str | None) -> Place | None:
    parts = (name or "").split(",")
    if not parts[0]:
        return None
    return Place(name=name, region=parts[0], city=parts[1] if len(parts) > 1 else None)
