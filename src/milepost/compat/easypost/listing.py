"""Pages of trackers: by EasyPost's cursors `before_id` and `after_id`."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

from starlette.datastructures import QueryParams

from milepost.compat.core import Watch
from milepost.compat.easypost import VENDOR, faults, ids, moments
from milepost.compat.easypost.answering import Call
from milepost.engine.resolve import BadScanError, checked_number

USUAL, MOST = 20, 100
# Which were heard of last is not on record with them, so their roads are read.
MOST_LOOKED_AT = 500


class Span(NamedTuple):
    """When something was made; microseconds since 1970, None for no end."""

    start_us: int | None
    end_us: int | None

    def has(self, at_us: int) -> bool:
        return (self.start_us is None or at_us >= self.start_us) and (
            self.end_us is None or at_us <= self.end_us
        )


class Updated(NamedTuple):
    """Which trackers, by when something was heard of them: `start` and `end` as EasyPost writes
    times, None for no end.
    """

    start: str | None
    end: str | None
    skip: int
    size: int

    def has(self, tracker: dict[str, Any]) -> bool:
        at: str = tracker["updated_at"]
        return (self.start is None or at >= self.start) and (self.end is None or at <= self.end)


def updated(call: Call) -> Updated:
    """What `all_updated` asks for. Raises EasyPostError."""
    query = call.request.query_params
    size = size_of(query)
    page = query.get("page") or "1"
    if not (page.isascii() and page.isdigit()) or not 1 <= int(page) <= MOST_LOOKED_AT:
        raise faults.invalid("page", f"must be 1 to {MOST_LOOKED_AT}")
    ends = [_moment(query, name) for name in ("status_start", "status_end")]
    start, end = (None if one is None else moments.of_us(one) for one in ends)
    return Updated(start, end, (int(page) - 1) * size, size)


async def newest(call: Call) -> list[Watch]:
    """The trackers made last, so many as a call may look at."""
    watches = call.services.watches
    return await watches.page(
        call.tenant, VENDOR, limit=MOST_LOOKED_AT, filters=_filters(call), newest_first=True
    )


async def page(call: Call) -> tuple[list[Watch], bool]:
    """(trackers newest first, whether there are more)."""
    query = call.request.query_params
    size, span = size_of(query), span_of(query)
    later = _cursor(query.get("after_id"), "after_id")
    earlier = _cursor(query.get("before_id"), "before_id")
    after = later if later is not None else earlier
    found = await _found(call, span, after, size + 1, newest_first=later is None)
    shown = found[:size]
    return (shown if later is None else shown[::-1]), len(found) > size


async def _found(
    call: Call, span: Span, after: int | None, size: int, *, newest_first: bool
) -> list[Watch]:
    """The next so many that were made in the span."""
    found: list[Watch] = []
    while len(found) < size:
        rows = await call.services.watches.page(
            call.tenant, VENDOR, after=after, limit=max(size, MOST), filters=_filters(call),
            newest_first=newest_first,
        )  # fmt: skip
        found += [one for one in rows if span.has(one.created_us)]
        if len(rows) < max(size, MOST):
            break
        after = rows[-1].id
    return found[:size]


def _filters(call: Call) -> dict[str, Any]:
    query = call.request.query_params
    # Clients write a list as `tracking_codes`, `tracking_codes[]` or `tracking_codes[0]`, and some
    # send what is not asked for as an empty text.
    codes = [
        code
        for name, code in query.multi_items()
        if code and (name == "tracking_code" or name.partition("[")[0] == "tracking_codes")
    ]
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


def span_of(query: QueryParams) -> Span:
    """When what is asked for was made. Raises EasyPostError."""
    return Span(_moment(query, "start_datetime"), _moment(query, "end_datetime"))


def size_of(query: QueryParams) -> int:
    """How many to a page. Raises EasyPostError."""
    text = query.get("page_size")
    if not text:
        return USUAL
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= MOST:
        raise faults.invalid("page_size", f"must be 1 to {MOST}")
    return int(text)


def _moment(query: QueryParams, name: str) -> int | None:
    text = query.get(name)
    if not text:
        return None
    try:
        # A plus sign that was not escaped has become a blank.
        at = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        raise faults.invalid(name, "is no time") from None
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1_000_000)


def _cursor(given: str | None, name: str) -> int | None:
    if not given:
        return None
    number = ids.number_of(ids.TRACKER, given)
    if number is None:
        raise faults.invalid(name, "is no tracker id")
    return number
