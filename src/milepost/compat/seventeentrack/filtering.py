"""What `gettracklist` may be asked for."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from msgspec import Struct

from milepost.compat.seventeentrack import faults
from milepost.compat.seventeentrack.call import Item, read_carrier
from milepost.compat.seventeentrack.faults import FaultError
from milepost.compat.seventeentrack.registry import Found
from milepost.compat.seventeentrack.road import STATUSES, status_of
from milepost.compat.seventeentrack.row import main_of, news_us, push_status_of, pushed_us
from milepost.compat.seventeentrack.times import us_of
from milepost.engine.resolve import BadScanError, checked_number

MOST_NUMBERS = 200
_TRACKING = {"tracking": True, "stopped": False}
_PUSH = {"notpushed", "success", "failure"}
_PACKAGE = {status_of(sub).main.lower() for sub in STATUSES.forward}
_ORDERS = {
    f"{what}{way}" for what in ("registertime", "pushtime", "tracktime") for way in ("asc", "desc")
}


class Wanted(Struct, kw_only=True):
    """`columns`: filters for the store. The others look at the road itself."""

    columns: dict[str, Any]
    package_status: str | None = None
    nothing: bool = False
    registered: tuple[int | None, int | None] = (None, None)
    tracked: tuple[int | None, int | None] = (None, None)
    newest_first: bool = False
    pushed: tuple[int | None, int | None] = (None, None)
    push_status: str | None = None
    by_news: bool = False
    by_push: bool = False
    page_no: int = 1

    @property
    def is_about_roads(self) -> bool:
        """Whether the store alone cannot answer."""
        spans = (*self.registered, *self.tracked, *self.pushed)
        ordered = self.by_news or self.by_push
        about = self.package_status or self.push_status or ordered or self.nothing
        return bool(about) or any(one is not None for one in spans)

    def fits(self, one: Found) -> bool:
        """Whether a number is as wanted."""
        if self.nothing or not _within(one.watch.created_us, self.registered):
            return False
        if self.package_status and main_of(one).lower() != self.package_status:
            return False
        if self.push_status and push_status_of(one).lower() != self.push_status:
            return False
        return _within(news_us(one), self.tracked) and _within(pushed_us(one), self.pushed)


def read_wanted(given: Item) -> Wanted:
    """From the object that was sent. Raises FaultError."""
    order = _one_of(given, "order_by", _ORDERS) or "registertimeasc"
    origin = given.get("data_origin")
    return Wanted(
        columns=_columns(given),
        package_status=_one_of(given, "package_status", _PACKAGE),
        nothing=bool(origin and str(origin).lower() != "api"),
        push_status=_one_of(given, "push_status", _PUSH),
        pushed=_span(given, "push_time"),
        registered=_span(given, "register_time"),
        tracked=_span(given, "track_time"),
        newest_first=order.endswith("desc"),
        by_news=order.startswith("tracktime"),
        by_push=order.startswith("pushtime"),
        page_no=_page_no(given),
    )


def _columns(given: Item) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    if given.get("number"):
        columns["number"] = _numbers(given["number"])
    if (carrier := read_carrier(given)) is not None:
        columns["carrier_code"] = str(carrier)
    if status := _one_of(given, "tracking_status", set(_TRACKING)):
        columns["active"] = _TRACKING[status]
    return columns


def _numbers(given: Any) -> list[str]:
    """Comma-separated, or an array; what is no number finds nothing."""
    parts = given if isinstance(given, list) else str(given).split(",")
    texts = [str(part).strip() for part in parts if str(part).strip()]
    if len(texts) > MOST_NUMBERS:
        raise FaultError(faults.TOO_MANY, MOST_NUMBERS)
    found: list[str] = []
    for text in texts:
        with suppress(BadScanError):
            found.append(checked_number(text))
    return found


def _one_of(given: Item, name: str, known: set[str]) -> str | None:
    value = given.get(name)
    if value is None or value == "":
        return None
    if str(value).lower() not in known:
        raise FaultError(faults.BAD_VALUE, str(value)[:60], name)
    return str(value).lower()


def _span(given: Item, name: str) -> tuple[int | None, int | None]:
    return _time(given, f"{name}_from"), _time(given, f"{name}_to")


def _time(given: Item, name: str) -> int | None:
    value = given.get(name)
    if value is None or value == "":
        return None
    at_us = us_of(str(value))
    if at_us is None:
        raise FaultError(faults.BAD_VALUE, str(value)[:60], name)
    return at_us


def _page_no(given: Item) -> int:
    text = str(given.get("page_no") or 1)
    if not re.fullmatch("[1-9][0-9]{0,8}", text):
        raise FaultError(faults.BAD_VALUE, text[:60], "page_no")
    return int(text)


def _within(at_us: int | None, span: tuple[int | None, int | None]) -> bool:
    since, until = span
    if at_us is None:
        return span == (None, None)
    return (since is None or at_us >= since) and (until is None or at_us <= until)
