"""Scans that name their container: they walk the journey, and say what was in what, from when.

Beside the rooms, not in them: a batch in which nobody names a container never comes here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta

from milepost.domain.event import Event
from milepost.domain.moment import TimeQuality
from milepost.domain.scan import Scan
from milepost.domain.status import BY_CODE
from milepost.domain.telemetry import PARCEL, Action, Change, parcel_name
from milepost.engine.containment import Containment
from milepost.engine.decode import NotABatchError, Rejected, decode_scans
from milepost.engine.journey import Journey, Receipt
from milepost.engine.loading_words import Said, said_of, status_of
from milepost.engine.resolve import BadScanError, Resolver, checked_number

NAMED = b'"container"'
"""A body without this names none; to look for it costs a millisecond in 16 MiB."""

Short = Annotated[str, Meta(min_length=1, max_length=200)]
_CHANGES: dict[Said, Action] = {
    "add": "add", "remove": "remove", "out": "observe", "seen": "observe",
}  # fmt: skip


class LoadedScan(Scan, frozen=True, kw_only=True, omit_defaults=True):
    """A scan that may say what it was put into, taken out of, or seen in.

    `container`: `truck:A1`, `bag:55`, `cage:7`; `action`: `load`, `unload`, `pack`, `unpack` … and
    where it is absent the code and the text tell. `number` may be a bag or a cage itself then.
    """

    container: Short | None = None
    action: Annotated[str, Meta(max_length=40)] | None = None


class _Moved(NamedTuple):
    """An item of the batch: its scan (None for a bag or cage), and what it says of containment."""

    place: int
    scan: Scan | None
    change: Change | None


class Loading:
    """`take` is `Journey.take_scans` for batches that name containers."""

    def __init__(
        self,
        journey: Journey,
        resolver: Resolver,
        containment: Containment,
        now_us: Callable[[], int],
    ) -> None:
        self._journey = journey
        self._resolver = resolver
        self._containment = containment
        self._now_us = now_us

    async def take(
        self, tenant: int, body: bytes, *, content_type: str | None, lines: bool
    ) -> Receipt:
        """Scans first: what the journey refuses has moved nothing either. Both are durable when
        it returns. Raises NotABatchError and OverloadedError.
        """
        try:
            decoded = decode_scans(body, lines=lines, kind=LoadedScan)
        except NotABatchError:
            return await self._journey.take_scans(
                tenant, body, content_type=content_type, lines=lines
            )
        rejected, moved = list(decoded.rejected), []
        for index, scan in decoded.scans:
            try:
                moved.append(self._understood(tenant, index, scan))
            except BadScanError as error:
                rejected.append(Rejected(index, str(error)))
        return await self._walk(tenant, body, content_type, moved, rejected)

    async def _walk(
        self,
        tenant: int,
        body: bytes,
        content_type: str | None,
        moved: Sequence[_Moved],
        rejected: list[Rejected],
    ) -> Receipt:
        walking = [(one.place, one.scan) for one in moved if one.scan is not None]
        receipt = await self._journey.take_given(
            tenant, "api", body, [scan for _, scan in walking], content_type or "application/json"
        )
        refused = [Rejected(walking[one.index][0], one.error) for one in receipt.rejected]
        places = {one.index for one in refused}
        changes = [one for one in moved if one.change and one.place not in places]
        new = await self._containment.record(tenant, [one.change for one in changes if one.change])
        alone = sum(one.scan is None for one in changes)
        fresh = min(new, alone)
        receipt.accepted += fresh
        receipt.duplicates += alone - fresh
        receipt.rejected = sorted([*rejected, *refused], key=lambda one: one.index)
        return receipt

    def _understood(self, tenant: int, index: int, scan: Scan) -> _Moved:
        """Raises BadScanError."""
        assert isinstance(scan, LoadedScan)
        plain = _plain(scan)
        if scan.container is None:
            return _Moved(index, plain, None)
        if "\x00" in scan.container or not scan.container.strip():
            raise BadScanError("container: may not be empty or have a NUL in it")
        event = self._event(tenant, scan, plain)
        child = scan.number if _is_asset(scan.number) else parcel_name(event.body.number)
        if child == scan.container:
            raise BadScanError("container: nothing is in itself")
        change = _change(scan, event, child)
        return _Moved(index, None if _is_asset(scan.number) else plain, change)

    def _event(self, tenant: int, scan: LoadedScan, plain: Scan) -> Event:
        if _is_asset(scan.number):
            number = "ASSET" + "".join(c for c in scan.number if c.isalnum())[:50].upper()
            plain = msgspec.structs.replace(plain, number=number)
        else:
            checked_number(scan.number)
        event = self._resolver.events(tenant, plain, "api", self._now_us())[0]
        if event.quality > TimeQuality.carrier_zone:
            raise BadScanError(
                "occurred_at: needs an offset from UTC to say what was in the container"
            )
        return event


def _change(scan: LoadedScan, event: Event, child: str) -> Change:
    status = BY_CODE.get(event.code)
    said = said_of(scan.action, scan.code, scan.text, status.main if status else "")
    parent = "" if said == "out" else scan.container or ""
    source = f"scan:{scan.device or scan.actor or ''}"
    return Change(child, parent, event.at_us, _CHANGES[said], source)


def _plain(scan: LoadedScan) -> Scan:
    """The scan as it enters the journal, where its container is one of its measurements."""
    base = {name: getattr(scan, name) for name in Scan.__struct_fields__}
    if scan.container is None:
        return Scan(**base)
    if scan.action is not None and status_of(scan.action) is None:
        raise BadScanError(f"action: unknown: {scan.action}")
    told = {"container": scan.container} | ({"action": scan.action} if scan.action else {})
    base["measurements"] = {**(scan.measurements or {}), **told}
    if not scan.text and scan.code_set is None and (scan.code is None or scan.action is None):
        base["code"] = status_of(scan.action or scan.code or "") or scan.code
    return Scan(**base)


def _is_asset(number: str) -> bool:
    """`bag:17` is no tracking number, but a bag that was scanned."""
    return ":" in number and not number.startswith(PARCEL)
