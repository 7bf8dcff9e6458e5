"""The telephone number that SF and ZTO want to see before they tell where a parcel is."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from milepost.compat.core import CompatServices, Watch
from milepost.compat.kuaidi100 import VENDOR, faults
from milepost.compat.kuaidi100.faults import RefusedError

# Kuaidi100 asks for it with these; with other carriers it takes it and does not look.
CARRIERS = {"sf", "sf-freight", "zto"}
TAIL = 4


def tail_of(phone: str) -> str:
    """The last four digits of a telephone number, fewer if it has not so many."""
    return "".join(one for one in phone if one.isascii() and one.isdigit())[-TAIL:]


def check(
    carrier: str | None,
    phone: str,
    watches: Iterable[Watch] = (),
    registered: Collection[str] = (),
) -> None:
    """Raises RefusedError if the carrier wants a phone and this cannot be the parcel's."""
    if carrier not in CARRIERS:
        return
    tail = tail_of(phone)
    known = {tail_of(str(watch.options.get("phone") or "")) for watch in watches} - {""}
    known |= set(registered)
    if len(tail) < TAIL or (known and tail not in known):
        raise RefusedError(faults.WRONG_PHONE)


async def check_for(
    services: CompatServices, tenant: int, number: str, carrier: str | None, phone: str
) -> None:
    """The same against what subscribers of this number have said, and its registration."""
    if carrier in CARRIERS:
        watches = await services.watches.get(tenant, VENDOR, number)
        check(carrier, phone, watches, await services.registrar.tails(tenant, number))
