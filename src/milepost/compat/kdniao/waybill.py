"""Number and company of a waybill, checked as Kdniao does."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from milepost.compat.kdniao import faults
from milepost.compat.kdniao.asking import Wanted
from milepost.compat.kdniao.faults import KdniaoError, invalid, missing

LONGEST_NUMBER, SHORTEST_NUMBER = 30, 4


def checked_number(wanted: Wanted) -> str:
    """The waybill number as it was sent. Raises KdniaoError."""
    number = wanted.number
    if not number:
        raise KdniaoError(faults.NO_NUMBER)
    if not (number.isascii() and number.replace("-", "").isalnum()):
        raise KdniaoError(faults.BAD_NUMBER)
    if not SHORTEST_NUMBER <= len(number) <= LONGEST_NUMBER:
        raise KdniaoError(faults.BAD_LENGTH)
    return number


def checked_shipper(wanted: Wanted, known: str | None) -> str:
    """The ShipperCode. Raises KdniaoError unless Kdniao or our crosswalk (`known`) has it."""
    if not wanted.shipper:
        raise missing("ShipperCode")
    if known is None and wanted.shipper not in shippers():
        raise invalid("ShipperCode", wanted.shipper)
    return wanted.shipper


@lru_cache(maxsize=1)
def shippers() -> frozenset[str]:
    """Every ShipperCode of Kdniao's lists."""
    lines = (files(__package__) / "shippers.txt").read_text("utf-8").splitlines()
    return frozenset(code for line in lines if not line.startswith("#") for code in line.split())
