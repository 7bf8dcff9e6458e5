"""Pages of trackers: by EasyPost's cursors `before_id` and `after_id`."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from milepost.compat.core import Watch
from milepost.compat.easypost import VENDOR, faults, ids
from milepost.compat.easypost.answering import Call
from milepost.engine.resolve import BadScanError, checked_number

USUAL, MOST = 20, 100


async def page(call: Call) -> tuple[list[Watch], bool]:
    """(trackers newest first, whether there are more)."""
    query = call.request.query_params
    size = _size(query.get("page_size"))
    later = _cursor(query.get("after_id"), "after_id")
    earlier = _cursor(query.get("before_id"), "before_id")
    found = await call.services.watches.page(
        call.tenant,
        VENDOR,
        after=later if later is not None else earlier,
        limit=size + 1,
        filters=_filters(call),
        newest_first=later is None,
    )
    shown = found[:size]
    return (shown if later is None else shown[::-1]), len(found) > size


def _filters(call: Call) -> dict[str, Any]:
    query = call.request.query_params
    codes = [*query.getlist("tracking_codes[]"), *query.getlist("tracking_codes")]
    codes += query.getlist("tracking_code")
    filters: dict[str, Any] = {}
    if codes:
        filters["number"] = [_normal(code) for code in codes]
    if carrier := query.get("carrier"):
        filters["carrier_code"] = carrier
    return filters


def _normal(code: str) -> str:
    with suppress(BadScanError):
        return checked_number(code)
    return code  # no number at all: it finds nothing


def _size(text: str | None) -> int:
    if not text:
        return USUAL
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= MOST:
        raise faults.invalid("page_size", f"must be 1 to {MOST}")
    return int(text)


def _cursor(given: str | None, name: str) -> int | None:
    if not given:
        return None
    number = ids.number_of(ids.TRACKER, given)
    if number is None:
        raise faults.invalid(name, "is no tracker id")
    return number
