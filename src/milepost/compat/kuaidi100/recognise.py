"""Which company gave a number: autonumber/auto, and subscriptions that leave it open."""

from __future__ import annotations

from typing import Any

from milepost.compat.core import CompatServices, Crosswalk
from milepost.compat.kuaidi100 import VENDOR, access
from milepost.identify import identify

_LIKELY = 0.05


async def auto_number(services: CompatServices, given: dict[str, str]) -> list[dict[str, Any]]:
    """`GET|POST /autonumber/auto`: companies, the most likely first; none is an empty list."""
    await access.by_key(services, given.get("key", ""))
    return companies(services.crosswalk, given.get("num", ""))


def companies(crosswalk: Crosswalk, number: str) -> list[dict[str, Any]]:
    """Each company once. `noPre`: how its numbers begin. `noCount` has been empty for years."""
    found = identify(number)
    rows: dict[str, dict[str, Any]] = {}
    for one in found.candidates:
        code = crosswalk.code_of(VENDOR, one.carrier)
        if code is None or one.probability < _LIKELY:
            continue
        rows.setdefault(
            code,
            {
                "lengthPre": len(found.number),
                "comCode": code,
                "name": crosswalk.names(one.carrier)[1],
                "noPre": _prefix(found.number),
                "noCount": "",
            },
        )
    return list(rows.values())


def likeliest(crosswalk: Crosswalk, number: str) -> str | None:
    """The company to take a number for, None if that cannot be said."""
    found = companies(crosswalk, number)
    return str(found[0]["comCode"]) if found else None


def _prefix(number: str) -> str:
    letters = number[: len(number) - len(number.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))]
    return letters or number[:3]
