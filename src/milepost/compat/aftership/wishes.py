"""What an estimate is asked for, checked. `where`: what to call a field in a fault. Pure."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from milepost.compat.aftership import countries, lanes
from milepost.compat.aftership.engaging import moment_of
from milepost.compat.aftership.faults import FaultError

_CUTOFF = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d")


def needed(wanted: dict[str, Any], name: str, where: str) -> Any:
    """A value that must be there. Raises FaultError 4009."""
    value = wanted.get(name)
    if value is None or value == "":
        raise FaultError(4009, where + name)
    return value


def country_of(wanted: dict[str, Any], name: str, where: str) -> str | None:
    """Alpha-2 of an address, None if it does not say. Raises FaultError."""
    address = needed(wanted, name, where)
    if not isinstance(address, dict):
        raise FaultError(4008, where + name)
    given = address.get("country_region") or address.get("country")
    country = countries.alpha2(given) if isinstance(given, str) else None
    if given and country is None:
        raise FaultError(4008, f"{where}{name}.country_region")
    return country


def pickup_of(wanted: dict[str, Any], where: str) -> tuple[datetime, dict[str, Any] | None]:
    """When it is picked up, and the `estimated_pickup` to show."""
    shop = wanted.get("estimated_pickup")
    if (given := wanted.get("pickup_time")) is not None:
        return moment_of(given, f"{where}pickup_time"), shop
    if shop is None:
        raise FaultError(4009, f"{where}pickup_time")
    where = f"{where}estimated_pickup"
    if not isinstance(shop, dict):
        raise FaultError(4008, where)
    at = lanes.pickup_at(_shop(shop, where))
    return at, shop | {"pickup_time": at.strftime("%Y-%m-%d %H:%M:%S")}


def _shop(given: dict[str, Any], where: str) -> lanes.Pickup:
    cutoff = given.get("order_cutoff_time")
    if cutoff is not None and not (isinstance(cutoff, str) and _CUTOFF.fullmatch(cutoff)):
        raise FaultError(4008, f"{where}.order_cutoff_time")
    days = given.get("business_days") or []
    if not isinstance(days, list) or not all(one in range(1, 8) for one in days):
        raise FaultError(4008, f"{where}.business_days")
    takes = (given.get("order_processing_time") or {}).get("value") or 0
    if not isinstance(takes, int | float) or not 0 <= takes <= 365:
        raise FaultError(4008, f"{where}.order_processing_time")
    ordered_at = moment_of(needed(given, "order_time", f"{where}."), f"{where}.order_time")
    return lanes.Pickup(ordered_at, cutoff, frozenset(days), takes)
