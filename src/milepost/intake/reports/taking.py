"""Takes what devices report, whichever way it came: everything is durable when it returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from hashlib import sha256
from typing import NamedTuple, Protocol

from msgspec import Struct

from milepost.domain.moment import TimeQuality
from milepost.domain.scan import Parsed, Scan, Unread
from milepost.domain.telemetry import SENSOR, Change, Sample
from milepost.engine.containment import Containment
from milepost.engine.decode import NotABatchError, Rejected
from milepost.engine.devices import Telemetry
from milepost.engine.journey import Journey
from milepost.engine.resolve import BadScanError, Resolver
from milepost.intake.reports.moving import observed, read_changes, read_reads, things_of
from milepost.intake.reports.samples import Reported, read_samples
from milepost.intake.reports.scans import read_queue, set_right, understood
from milepost.intake.reports.units import BadReportError
from milepost.sensing.clocks import offset_us
from milepost.sensing.shock import Burst, Shock, joined_shocks

# So long after it has us back a broker may be handing over what it kept for us.
BACKLOG_US = 120_000_000
HTTP_DEVICE, RFID_READER, TAG = "device", "rfid", "epc"


class Registered(Protocol):
    """A tenant's devices and tags."""

    async def find_many(
        self, tenant: int, protocol: str, identities: Sequence[str]
    ) -> Mapping[str, str]: ...


class Clocks(Protocol):
    """How far the clocks of devices are off (µs, ours minus theirs)."""

    async def offset(self, tenant: int, device: str) -> int | None: ...

    async def save_offset(self, tenant: int, device: str, offset: int, synced_us: int) -> None: ...

    async def sync(
        self, tenant: int, device: str, sent_us: int, offset: int, synced_us: int
    ) -> int:
        """Note a sync. The offset that counts: that of the first with this device and `sent_us`."""
        ...


class Bursts(Protocol):
    """Where accelerometer bursts are kept as they came. `around`: what is known of an asset just
    before a burst, and just after it.
    """

    async def around(self, tenant: int, asset: str, burst: Burst) -> tuple[Burst, Burst]: ...

    async def save_burst(
        self, tenant: int, asset: str, burst: Burst, found: Sequence[Shock], received_us: int
    ) -> None: ...


class Arrival(NamedTuple):
    """When a message came to us, however long it is until it can be written; and since when we
    listen, where it may have waited for us before that (µs).
    """

    at_us: int
    listening_us: int | None = None

    def waited(self, sent_us: int) -> bool:
        """Whether it may have been sent long before it came: a broker hands over what it kept."""
        since = self.listening_us
        return since is not None and sent_us < since and self.at_us - since <= BACKLOG_US


class Taken(Struct):
    """`accepted` items are durable now; `duplicates` were already; `unknown` names nobody knows."""

    accepted: int = 0
    duplicates: int = 0
    rejected: list[Rejected] = []
    unknown: list[str] = []


class DeviceIntake(Struct, frozen=True):
    """The four kinds of reports. All raise NotABatchError where a body is none at all."""

    journey: Journey
    telemetry: Telemetry
    containment: Containment
    devices: Registered
    clocks: Clocks
    bursts: Bursts
    now_us: Callable[[], int]
    resolver: Resolver

    async def take_samples(
        self, tenant: int, body: bytes, *, lines: bool = False, asset: str | None = None
    ) -> Taken:
        """Samples; those of a device go to the asset that it is registered for."""
        received_us = self.now_us()
        batch = read_samples(body, received_us, lines=lines, asset=asset)
        found = await self._placed(tenant, [one for _, one in batch.items])
        samples = [sample for one in found for sample in one.samples]
        for one in found:
            if one.burst is not None:
                name = one.asset or SENSOR + (one.device or "")
                samples += await self._hits(tenant, name, one.burst, received_us)
        recorded = await self.telemetry.record(tenant, samples, received_us)
        await self._keep_refused(tenant, "devices.samples", body, batch.rejected)
        return Taken(recorded.accepted, recorded.repeated, batch.rejected)

    async def _hits(self, tenant: int, asset: str, burst: Burst, received_us: int) -> list[Sample]:
        """Keep a burst; the shocks that it shows as samples."""
        before, after = await self.bursts.around(tenant, asset, burst)
        found = joined_shocks(before, burst, after)
        await self.bursts.save_burst(tenant, asset, burst, found, received_us)
        return [Sample(asset, one.at_us, shock_mg=one.shock_mg) for one in found]

    async def take_scans(
        self,
        tenant: int,
        body: bytes,
        *,
        lines: bool = False,
        device: str | None = None,
        level: str | None = None,
        arrival: Arrival | None = None,
    ) -> Taken:
        """Scans of sorters, PDA, lockers and stations; they walk the journey."""
        arrival = arrival or Arrival(self.now_us())
        received_us = arrival.at_us
        try:
            queue = read_queue(body, received_us, lines=lines)
        except BadReportError as error:
            raise NotABatchError(str(error)) from None
        queue = queue._replace(device=queue.device or device, level=queue.level or level)
        name = queue.device or "#" + sha256(body).hexdigest()[:32]
        offset = await self._offset(tenant, name, queue.sent_us, arrival)
        clocks = set_right(queue, offset)
        instant = partial(self._instant, tenant, received_us)
        rejected, scans, changes = list(queue.batch.rejected), [], []
        for index, one in queue.batch.items:
            try:
                scan, change = understood(one, queue, clocks.get(index), instant)
            except BadReportError as error:
                rejected.append(Rejected(index, str(error)))
                continue
            scans += [(index, scan)] if scan is not None else []
            changes += [(index, change)] if change is not None else []
        return await self._walk(tenant, body, scans, changes, rejected)

    async def take_rfid(
        self, tenant: int, body: bytes, *, lines: bool = False, reader: str | None = None
    ) -> Taken:
        """Reads of tags by gates, readers in trucks, and handhelds. What was made known of a tag
        goes before what the tag says of itself.
        """
        batch = read_reads(body, self.now_us(), lines=lines, reader=reader)
        reads = [one for _, one in batch.items]
        places = await self.devices.find_many(
            tenant, RFID_READER, sorted({one.reader for one in reads})
        )
        tags = sorted({one.tag for one in reads})
        things = {**things_of(tags), **await self.devices.find_many(tenant, TAG, tags)}
        changes = observed(reads, places, things)
        new = await self.containment.record(tenant, changes)
        unknown = {one.reader for one in reads} - places.keys()
        unknown |= {one.tag for one in reads} - things.keys()
        await self._keep_refused(tenant, "devices.rfid", body, batch.rejected)
        return Taken(new, len(changes) - new, batch.rejected, sorted(unknown)[:1000])

    async def take_changes(self, tenant: int, body: bytes, *, lines: bool = False) -> Taken:
        """Plain statements on what is in what."""
        batch = read_changes(body, self.now_us(), lines=lines)
        changes = [one for _, one in batch.items]
        new = await self.containment.record(tenant, changes)
        await self._keep_refused(tenant, "devices.containment", body, batch.rejected)
        return Taken(new, len(changes) - new, batch.rejected)

    async def keep_whole(self, tenant: int, source: str, body: bytes, reason: str) -> None:
        """Keep a body of which nothing could be read; who asked for it cannot be answered."""
        sample = body[:2000].decode("utf-8", "replace")
        parsed = Parsed(unread=(Unread(where="body", reason=reason, raw=sample),))
        await self.journey.take_parsed(tenant, source, body, None, parsed)

    async def _placed(self, tenant: int, found: Sequence[Reported]) -> list[Reported]:
        devices = sorted({one.device for one in found if one.asset is None and one.device})
        known = await self.devices.find_many(tenant, HTTP_DEVICE, devices) if devices else {}
        return [_at_asset(one, known) for one in found]

    async def _offset(self, tenant: int, device: str, sent_us: int | None, arrival: Arrival) -> int:
        if sent_us is None:
            return 0
        known = await self.clocks.offset(tenant, device)
        waited = arrival.waited(sent_us)
        found = (known or 0) if waited else offset_us(sent_us, arrival.at_us, known)
        counts = await self.clocks.sync(tenant, device, sent_us, found, arrival.at_us)
        if counts == found != known and not waited:
            await self.clocks.save_offset(tenant, device, found, arrival.at_us)
        return counts

    def _instant(self, tenant: int, received_us: int, scan: Scan) -> int | None:
        """When a scan was whose clock says no offset: its place or carrier may tell the zone."""
        try:
            event = self.resolver.events(tenant, scan, "devices", received_us)[0]
        except BadScanError as error:
            raise BadReportError(str(error)) from None
        return event.at_us if event.quality <= TimeQuality.carrier_zone else None

    async def _walk(
        self,
        tenant: int,
        body: bytes,
        scans: Sequence[tuple[int, Scan]],
        changes: Sequence[tuple[int, Change]],
        rejected: list[Rejected],
    ) -> Taken:
        """Scans first: what the journey refuses has moved nothing either."""
        unread = tuple(Unread(where=f"item {one.index}", reason=one.error) for one in rejected)
        parsed = Parsed(scans=tuple(scan for _, scan in scans), unread=unread)
        receipt = await self.journey.take_parsed(
            tenant, "devices", body, "application/json", parsed
        )
        refused = [Rejected(scans[one.index][0], one.error) for one in receipt.rejected]
        places = {one.index for one in refused}
        moved = [change for index, change in changes if index not in places]
        new = await self.containment.record(tenant, moved)
        with_scan = {index for index, _ in scans}
        alone = [change for index, change in changes if index not in with_scan]
        fresh = min(new, len(alone))
        return Taken(
            receipt.accepted + fresh,
            receipt.duplicates + len(alone) - fresh,
            sorted([*rejected, *refused], key=lambda one: one.index),
        )

    async def _keep_refused(
        self, tenant: int, source: str, body: bytes, rejected: Sequence[Rejected]
    ) -> None:
        """What could not be read is kept as it came, for a person to look at."""
        if rejected:
            unread = tuple(Unread(where=f"item {one.index}", reason=one.error) for one in rejected)
            parsed = Parsed(unread=unread)
            await self.journey.take_parsed(tenant, source, body, "application/json", parsed)


def _at_asset(one: Reported, known: Mapping[str, str]) -> Reported:
    if one.asset is not None or one.device is None:
        return one
    asset = known.get(one.device, SENSOR + one.device)
    samples: list[Sample] = [sample._replace(asset=asset) for sample in one.samples]
    return one._replace(asset=asset, samples=samples)
