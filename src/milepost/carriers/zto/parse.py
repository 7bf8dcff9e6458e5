"""ZTO Express: track queries (flat `result` or `traces` per waybill) and track pushes.

A query's `scanDate` is epoch milliseconds or local text, a push's `actionTime` local text.
Pushed actions are written `action.NAME`: their ARRIVAL is a hub, a query's ARRIVAL a locker.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta, timezone
from typing import Any

from milepost.carriers.toolkit.collect import Collector, ScanError, unreadable
from milepost.carriers.toolkit.decoding import PayloadError, read_inner_json, read_json_or_form
from milepost.carriers.toolkit.times import When, need_when
from milepost.carriers.toolkit.tree import dig, text_of
from milepost.domain.place import Place
from milepost.domain.scan import Facts, ParseContext, Parsed, Scan

SLUG = "zto"
_CHINA = timezone(timedelta(hours=8))
_LISTS = ("traceList", "traces", "result", "data")
_ROW_KEYS = {"scanType", "scanDate", "actionTime", "action"}


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """Reads a track query's answer or a push."""
    try:
        body, _ = read_json_or_form(payload, "data", context.content_type)
    except PayloadError as error:
        return unreadable(payload, str(error))
    collector = Collector()
    if str(dig(body, "status")).lower() == "false":
        collector.error(text_of(body, "message", "msg", "remark", "statusCode"))
    found = [found for found in _waybills(collector, body, "", context.number) if found[1]]
    if not found and not collector.errors and not collector.unread and not _is_answer(body):
        return unreadable(payload, "no ZTO track")
    for where, rows, number in found:
        collector.each(rows, where, _reader(collector, number))
    return collector.parsed()


def _is_answer(body: Any) -> bool:
    return isinstance(body, dict) and "status" in body


def _waybills(
    collector: Collector, body: Any, where: str, number: str | None
) -> Iterator[tuple[str, list[Any], str | None]]:
    """Lists of scan rows, with the number of their waybill."""
    if isinstance(body, list):
        nested = any(isinstance(row, dict) and not _ROW_KEYS & row.keys() for row in body)
        if not nested or not any(_holds_list(row) for row in body):
            yield where, body, number
            return
        for index, row in enumerate(body):
            if _holds_list(row):
                yield from _waybills(collector, row, f"{where}[{index}]", number)
            else:
                collector.miss(f"{where}[{index}]", "no waybill with traces", row)
    elif isinstance(body, dict):
        yield from _inside(collector, body, where, text_of(body, "billCode") or number)


def _holds_list(row: Any) -> bool:
    return isinstance(row, dict) and any(name in row for name in _LISTS)


def _inside(
    collector: Collector, body: dict[str, Any], where: str, number: str | None
) -> Iterator[tuple[str, list[Any], str | None]]:
    if _ROW_KEYS & body.keys():
        yield where, [body], number
        return
    name = next((name for name in _LISTS if body.get(name) is not None), None)
    if name is None:
        return
    try:
        value = read_inner_json(body[name])
    except PayloadError as error:
        collector.miss(f"{where}{name}", str(error), body[name])
        return
    if isinstance(value, dict | list):
        yield from _waybills(collector, value, f"{where}{name}", number)
    elif value != "":
        collector.miss(f"{where}{name}", "not a list", value)


def _reader(collector: Collector, number: str | None) -> Any:
    def read(row: Any) -> Scan:
        own = text_of(row, "billCode") or number
        if not own:
            raise ScanError("no billCode")
        scan = _scan(row, own)
        signer = text_of(row, "signMan", "expressSigner")
        if signer:
            collector.facts.append(Facts(number=own, carrier=SLUG, signed_by=signer))
        return scan

    return read


def _scan(row: Any, number: str) -> Scan:
    when = _when(row)
    action = text_of(row, "action")
    return Scan(
        number=number,
        occurred_at=when.at,
        date_only=when.date_only,
        carrier=SLUG,
        code=f"action.{action}" if action else text_of(row, "scanType"),
        code_set=SLUG,
        text=text_of(row, "desc", "Desc", "remark"),
        place=_place(row),
        next_place=_next(row),
    )


def _when(row: Any) -> When:
    when = need_when(dig(row, "scanDate"), dig(row, "actionTime"))
    # epoch milliseconds name the instant only; the clock on ZTO's wall is China's
    return When(when.at.astimezone(_CHINA)) if when.at.tzinfo else when


def _place(row: Any) -> Place | None:
    place = Place(
        name=text_of(row, "scanSite.name", "scanSite", "facilityName"),
        city=text_of(row, "scanSite.city", "scanCity", "city"),
        region=text_of(row, "scanSite.prov", "scanProv", "province"),
        country="CN" if text_of(row, "country") in {"China", "中国", "CN"} else None,
    )
    return None if place == Place() else place


def _next(row: Any) -> Place | None:
    """Where it goes; beside an arrival the same field tells where it came from."""
    if text_of(row, "scanType", "action") not in {"发件", "DEPARTURE"}:
        return None
    place = Place(
        name=text_of(row, "preOrNextSite.name", "preOrNextSite", "nextNodeName"),
        city=text_of(row, "preOrNextSite.city", "preOrNextCity", "nextCity"),
        region=text_of(row, "preOrNextSite.prov", "preOrNextProv", "nextProvince"),
    )
    return None if place == Place() else place
