"""label/order with method=time, and the same questions under /stdio: when will it be there?"""

from __future__ import annotations

import json
from typing import Any

from milepost.compat.core import CompatServices
from milepost.compat.kuaidi100 import VENDOR, access, asking, clock, estimate, faults
from milepost.compat.kuaidi100.faults import RefusedError

_FORMAT = "%Y-%m-%d %H:%M:%S"


async def order(services: CompatServices, given: dict[str, str]) -> dict[str, Any]:
    """`POST /label/order`. Printing and ordering are no tracking: only `time` is answered."""
    await access.by_order_sign(services, given)
    if given.get("method") != "time":
        raise RefusedError(("400", f"不支持的method：{given.get('method', '')}"))
    asked = asking.param_of(given["param"])
    if isinstance(asked.get("param"), str):  # the vendor's samples wrap it once more
        asked = asking.param_of(asked["param"])
    told = {"data": estimated(services, asked)}
    return faults.done("success") | _outcome("200", services.now_us()) | told


def refuse(fault: tuple[str, str]) -> dict[str, Any]:
    """A fault of label/order: its clients look at `code`, others of Kuaidi100 at `returnCode`."""
    return faults.body(fault) | _outcome(fault[0], None)


def _outcome(code: str, now_us: int | None) -> dict[str, Any]:
    """`time`: milliseconds since 1970."""
    said: dict[str, Any] = {"code": int(code), "success": code == "200"}
    return said if now_us is None else said | {"time": now_us // 1_000}


def estimated(services: CompatServices, asked: dict[str, Any]) -> dict[str, Any]:
    """The arrival of a parcel from `from` to `to`. Raises RefusedError."""
    origin, destination = asking.text_of(asked, "from"), asking.text_of(asked, "to")
    com = asking.text_of(asked, "kuaidicom").lower()
    if not (com and origin and destination):
        raise RefusedError(faults.INCOMPLETE)
    if services.crosswalk.slug_of(VENDOR, com) is None:
        raise RefusedError(faults.NO_SUCH_COMPANY)
    now = clock.beijing(services.now_us())
    ordered = clock.parse(asking.text_of(asked, "orderTime")) or now
    product = asking.text_of(asked, "expType")
    days = _days(origin, destination, product)
    road = _logistic(asked.get("logistic") or asked.get("logistics"))
    comes, come = estimate.arrival(ordered, days, road, now)
    left = 0 if come else max(0, int((comes - now).total_seconds() // 3600))
    return {
        "fromName": origin,
        "toName": destination,
        "orderTime": f"{ordered:{_FORMAT}}",
        "arrivalTime": f"{comes:{_FORMAT}}",
        "remainTime": left,
        "deliveryExpendTime": str(max(0, (comes.date() - ordered.date()).days)),
        "expType": product or None,
        "now": f"{now:{_FORMAT}}",
    }


def _days(origin: str, destination: str, product: str) -> int:
    try:
        return estimate.days_between(origin, destination, product)
    except estimate.NoRoadError as error:
        raise RefusedError(("400", f"无法识别的地址：{error}")) from None


def _logistic(given: Any) -> list[dict[str, Any]]:
    """The road so far, as a list or as JSON text."""
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            return []
    return [row for row in given if isinstance(row, dict)] if isinstance(given, list) else []
