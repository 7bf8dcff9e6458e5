"""Carriers that tell of a parcel only to who knows the end of its sender's or receiver's phone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from milepost.compat.core import Watch
from milepost.compat.kdniao import faults
from milepost.compat.kdniao.faults import KdniaoError

GUARDED = frozenset({"sf", "zto", "kye"})
_TAIL = 4


def tail_of(phone: str | None) -> str | None:
    """The last four digits of a phone, None if there are not four."""
    digits = "".join(one for one in phone or "" if one.isdigit())
    return digits[-_TAIL:] if len(digits) >= _TAIL else None


def tails_of(phones: Iterable[str | None]) -> list[str]:
    """Different tails of some phones."""
    return sorted({tail for tail in map(tail_of, phones) if tail is not None})


def guarded(*carriers: str | None) -> bool:
    """Whether one of these carriers (our slugs) asks for a phone."""
    return not GUARDED.isdisjoint(carriers)


def may_see(
    given: Sequence[str | None],
    watches: Sequence[Watch],
    registered: Collection[str] = (),
) -> bool:
    """Whether one of the phones given opens a guarded parcel: it ends as one that a subscriber
    named, or as one of the `registered` consignee's or consignor's does.

    Where no phone was ever registered, any four digits will do. Raises KdniaoError where none is
    given.
    """
    stated = [one for one in given if one and one.strip()]
    if not stated:
        raise KdniaoError(faults.NO_PHONE)
    tails = tails_of(stated)
    if not tails:
        raise KdniaoError(faults.BAD_PHONE)
    known = {tail for watch in watches for tail in watch.options.get("tails", ())}
    known |= set(registered)
    return not known or bool(known & set(tails))
