"""A road's stays at customs. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from milepost.analytics.model import Stay
from milepost.domain.marks import Mark
from milepost.domain.settle import MAIN
from milepost.domain.status import SUB_CODE

_RELEASED = SUB_CODE["customs.released"]
_HELD = {SUB_CODE["customs." + name] for name in ("info_required", "exception", "payment_required")}
# Whatever of these comes after customs says that it has left.
_LEAVES = {"in_transit", "out_for_delivery", "available_for_pickup", "delivered", "returning",
           "returned", "attempt_failed"}  # fmt: skip


class _Open(Struct):
    country: str | None
    entered_s: int | None
    left_s: int | None = None
    held: bool = False
    released: bool = False


def stays_of(told: Iterable[tuple[Mark, str | None]]) -> list[Stay]:
    """`told`: the standing status marks, oldest first, each with the country it names."""
    stays: list[_Open] = []
    before: str | None = None
    for mark, named in told:
        main = MAIN[mark.code]
        before = named or before
        if main == "customs":
            _at_customs(stays, mark, before)
        elif main in _LEAVES and stays and stays[-1].left_s is None:
            stays[-1].left_s = mark.at_s
    return [Stay(one.country, one.entered_s, one.left_s, one.held) for one in stays]


def _at_customs(stays: list[_Open], mark: Mark, country: str | None) -> None:
    now = stays[-1] if stays else None
    elsewhere = now is None or (country and now.country and country != now.country)
    if mark.code == _RELEASED:
        _release(stays, None if elsewhere else now, mark.at_s, country)
        return
    if now is None or elsewhere or now.released:
        if now is not None and now.left_s is None:
            now.left_s = mark.at_s
        now = _Open(country, mark.at_s)
        stays.append(now)
    # It was not gone after all: what came between was told from elsewhere.
    now.left_s = None
    now.country = now.country or country
    now.held = now.held or mark.code in _HELD


def _release(stays: list[_Open], now: _Open | None, at_s: int, country: str | None) -> None:
    if now is None:
        if stays and stays[-1].left_s is None:
            stays[-1].left_s = at_s
        stays.append(_Open(country, None, at_s, released=True))
    elif not now.released:
        now.left_s, now.released = at_s, True
        now.country = now.country or country
