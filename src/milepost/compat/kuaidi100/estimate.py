"""How long a parcel takes between two provinces of China: a rule of thumb, and said to be one.

It knows distances, no carrier's timetable. Whoever has the road so far (`logistic`) gets the
arrival told from when the parcel was picked up.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from milepost.compat.kuaidi100 import area, clock

_SAME_CITY, _SAME_PROVINCE, _TRUNK, _REMOTE = 1, 2, 3, 5
_FAST = ("特快", "次日", "即日", "航空", "空运", "标快")
_DONE, _OUT = ("签收",), ("派件", "派送")
_BY = time(18, 0)
_MUNICIPALITIES = {"北京", "天津", "上海", "重庆"}


class NoRoadError(ValueError):
    """An end of the road is in no province that is known."""


def days_between(origin: str, destination: str, product: str = "") -> int:
    """Days from pick-up to delivery. Raises NoRoadError."""
    start, end = area.province_in(origin), area.province_in(destination)
    if start is None or end is None:
        raise NoRoadError(origin if start is None else destination)
    if start == end:
        city = _city(origin, start)
        return _SAME_CITY if city and city == _city(destination, end) else _SAME_PROVINCE
    far = max(area.PROVINCES[start].remote, area.PROVINCES[end].remote) > 1
    days = _REMOTE if far else _TRUNK
    return days - 1 if any(word in product for word in _FAST) else days


def _city(text: str, province: str) -> str:
    """The city that is named after the province; a municipality is its own."""
    if province in _MUNICIPALITIES:
        return province
    city, found, _ = text.partition(province)[2].removeprefix("省").partition("市")
    return city if found else ""


def arrival(
    ordered: datetime, days: int, logistic: list[dict[str, Any]], now: datetime
) -> tuple[datetime, bool]:
    """(when it comes or came, whether it has come). All in Beijing's time."""
    done = _times(logistic, _DONE)
    if done:
        return max(done), True
    if _times(logistic, _OUT):
        today = datetime.combine(now.date(), _BY, clock.BEIJING)
        return (today if today > now else now + timedelta(hours=2)), False
    begun = min(_times(logistic, ("",)), default=ordered)
    due = datetime.combine(begun.date() + timedelta(days=days), _BY, clock.BEIJING)
    late = now + timedelta(days=1)
    return (due if due > now or not logistic else late), False


def _times(logistic: list[dict[str, Any]], words: tuple[str, ...]) -> list[datetime]:
    found = []
    for row in logistic:
        at = clock.parse(str(row.get("time") or ""))
        # Some clients send no status, only what the carrier wrote.
        said = str(row.get("status") or row.get("context") or "")
        if at is not None and any(word in said for word in words):
            found.append(at)
    return found
