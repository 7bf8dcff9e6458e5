"""SF Express: route queries (EXP_RECE_SEARCH_ROUTES, RouteService) and route pushes, JSON or XML.

Times carry no offset. The query wraps its result as JSON text inside JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from milepost.carriers.toolkit.bodies import read_body
from milepost.carriers.toolkit.collect import Collector, ScanError, unreadable
from milepost.carriers.toolkit.decoding import PayloadError, read_inner_json
from milepost.carriers.toolkit.times import need_when
from milepost.carriers.toolkit.tree import dig, rows_of, text_of
from milepost.domain.place import Place
from milepost.domain.scan import Facts, LinkedNumber, ParseContext, Parsed, Scan

SLUG = "sf"
_FORM_FIELDS = ("content", "msgData", "xml")
_OK = {"A1000", "OK", "S0000", None}
# A reason turns these codes into others: signed, but because it was lost or destroyed
_REASONED = {"80", "8000", "99"}
_NEW_NUMBER = re.compile(r"新单号[为是]?[:：\s]*(SF\d{13}|\d{12})")


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """Reads a route query's answer or a push."""
    try:
        body = _unwrap(read_body(payload, _FORM_FIELDS, context.content_type))
    except PayloadError as error:
        return unreadable(payload, str(error))
    collector = Collector()
    for message in _errors(body):
        collector.error(message)
    routes = list(_routes(body))
    if not routes and not collector.errors and not _is_empty_answer(body):
        return unreadable(payload, "no SF Express routes")
    for where, rows, number in routes:
        reader = _reader(collector, number or context.number)
        collector.each(rows, where, reader)
    return collector.parsed()


def _unwrap(body: Any) -> Any:
    """Steps into the result that stands as JSON text inside the answer."""
    inner = read_inner_json(dig(body, "apiResultData"))
    if not isinstance(inner, dict):
        return body
    outer = {key: value for key, value in body.items() if key != "apiResultData"}
    return outer | inner | {"msgData": read_inner_json(inner.get("msgData"))}


def _errors(body: Any) -> Iterator[str | None]:
    if text_of(body, "apiResultCode") not in _OK:
        yield text_of(body, "apiErrorMsg", "apiResultCode")
    if text_of(body, "errorCode") not in _OK:
        yield text_of(body, "errorMsg", "errorCode")
    if text_of(body, "Head") == "ERR":
        yield text_of(body, "ERROR.#text", "ERROR", "ERROR.@code") or "ERR"


def _is_empty_answer(body: Any) -> bool:
    return isinstance(body, dict) and bool({"apiResultCode", "msgData", "Head"} & body.keys())


def _routes(body: Any) -> Iterator[tuple[str, list[Any], str | None]]:
    """Lists of route rows with the number they belong to, None where each row has its own."""
    if pushed := rows_of(body, "Body.WaybillRoute", "WaybillRoute"):
        yield "WaybillRoute", pushed, None
    answers = rows_of(body, "msgData.routeResps", "routeResps", "Body.RouteResponse")
    for index, answer in enumerate(answers):
        rows = rows_of(answer, "routes", "Route")
        number = text_of(answer, "mailNo", "@mailno")
        empty = number is not None and dig(answer, "routes") in (None, [])
        yield f"routeResps[{index}]", rows if rows or empty else [answer], number


def _reader(collector: Collector, number: str | None) -> Any:
    def read(row: Any) -> Scan:
        own = text_of(row, "mailno", "@mailno") or number
        if not own:
            raise ScanError("no mailno")
        scan = _scan(row, own)
        if (found := _NEW_NUMBER.search(scan.text or "")) and found[1] != own:
            linked = LinkedNumber(number=found[1], carrier=SLUG)
            collector.facts.append(Facts(number=own, carrier=SLUG, linked=(linked,)))
        return scan

    return read


def _scan(row: Any, number: str) -> Scan:
    times = (dig(row, name) for name in ("acceptTime", "@acceptTime", "@accept_time"))
    when = need_when(*times)
    name = text_of(row, "acceptAddress", "@acceptAddress", "@accept_address")
    return Scan(
        number=number,
        occurred_at=when.at,
        date_only=when.date_only,
        carrier=SLUG,
        code=_code(row),
        code_set=SLUG,
        text=text_of(row, "remark", "@remark"),
        place=Place(name=name) if name else None,
        order_number=text_of(row, "orderid", "@orderid"),
    )


def _code(row: Any) -> str | None:
    code = text_of(row, "opCode", "opcode", "@opCode", "@opcode")
    reason = text_of(row, "reasonCode", "@reasonCode")
    return f"{code}+{reason}" if code in _REASONED and reason else code
