"""EPCIS documents on their way in: stored as events, walked as scans, samples and containment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from milepost.domain.scan import Parsed, Scan, id_text
from milepost.engine.containment import Containment
from milepost.engine.devices import Telemetry
from milepost.engine.epcis_concealing import Concealed, conceal
from milepost.engine.epcis_ports import Behaviour, Captured, EpcisStore, Job, MasterData
from milepost.engine.journey import Journey
from milepost.engine.resolve import BadScanError, Resolver
from milepost.epcis.containers import SOURCE, changes_of
from milepost.epcis.documents import Document
from milepost.epcis.indexing import Entry, entry_of
from milepost.epcis.issue import Issue
from milepost.epcis.model import Event, event_of
from milepost.epcis.scans import scans_of
from milepost.epcis.sensors import samples_of
from milepost.epcis.where import Locations

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
VALIDATION = "epcisException:ValidationException"
TAKEN = "epcisException:ResourceAlreadyExistsException"


class RefusedDocumentError(ValueError):
    """A document of which nothing is taken, with the issues that say why."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        super().__init__("The document does not keep the standard.")
        self.issues = issues


class Capture:
    """Takes documents of tenants. `captured` is called when there are new events."""

    def __init__(
        self,
        store: EpcisStore,
        journey: Journey,
        resolver: Resolver,
        telemetry: Telemetry,
        containment: Containment,
        now_us: Callable[[], int],
        master: MasterData,
        captured: Callable[[], None] = lambda: None,
    ) -> None:
        self._captured = captured
        self._master = master
        self._store = store
        self._journey = journey
        self._resolver = resolver
        self._telemetry = telemetry
        self._containment = containment
        self._now_us = now_us

    async def take(
        self, tenant: int, document: Document, body: bytes, kind: str, behaviour: Behaviour
    ) -> Job:
        """Capture a document that was read from `body`; everything is durable when it returns.

        Raises RefusedDocumentError; with `proceed` only where nothing in it can be an event.
        """
        around = document.faults_of("")
        faulty = {path: document.faults_of(path) for path, _ in document.events}
        faults = [issue for issues in faulty.values() for issue in issues]
        if around or (faults and behaviour == "rollback"):
            raise RefusedDocumentError([*around, *faults])
        started = self._now()
        good = [pair for pair in document.events if not faulty[pair[0]]]
        entries, kept, said = await asyncio.to_thread(_entries, tenant, document, good)
        await self._master.save(tenant, document.master, started)
        done = await self._store.capture(
            tenant, kept, started, rollback=behaviour == "rollback", said=said
        )
        if done.new:
            self._captured()
        taken = [entries[index] for index in sorted([*done.new, *done.known])]
        errors = [problem(VALIDATION, one.path, one.message) for one in faults]
        errors += [_conflict(*good[index]) for index in done.refused]
        if not (done.refused and behaviour == "rollback"):
            known = await self._places(tenant, taken, document.places)
            errors += await self._walk(tenant, taken, body, kind, known)
        return await self._store.add_job(tenant, self._job(started, behaviour, done, errors))

    async def _places(self, tenant: int, entries: Sequence[Entry], told: Locations) -> Locations:
        """What this document or an earlier one tells of the events' places."""
        named = {one for entry in entries for one in (entry.read_point, entry.biz_location)}
        keys = [one for one in named if one is not None and one not in told]
        return {**await self._master.places(tenant, keys), **told} if keys else told

    def _job(
        self, started: datetime, behaviour: str, done: Captured, errors: list[dict[str, Any]]
    ) -> Job:
        success = not any(one["type"] in (VALIDATION, TAKEN) for one in errors)
        return Job(
            created_at=started, finished_at=self._now(), success=success, behaviour=behaviour,
            captured=len(done.new), duplicates=len(done.known), errors=errors,
        )  # fmt: skip

    async def _walk(
        self, tenant: int, entries: Sequence[Entry], body: bytes, kind: str, known: Locations
    ) -> list[dict[str, Any]]:
        """All that events mean to the rest of us. Each of these may be told any number of times,
        so what was stored before is walked again: its first sender may have heard nothing.
        """
        events, scans = await asyncio.to_thread(_understood, entries, known)
        standing = [event for event in events if event.error is None]
        scans += [scan for event in events if event.error for scan in
                  await self._retractions(tenant, event, known)]  # fmt: skip
        now_us = self._now_us()
        await self._telemetry.record(
            tenant, [one for event in standing for one in samples_of(event)], now_us
        )
        await self._containment.record(
            tenant, [one for event in events for one in changes_of(event)]
        )
        if not scans:
            return []
        receipt = await self._journey.take_parsed(
            tenant, SOURCE, body, kind, Parsed(scans=tuple(scans))
        )
        return [
            problem("about:blank", f"scan of {scans[one.index].number}", one.error)
            for one in receipt.rejected
        ]

    async def _retractions(self, tenant: int, event: Event, known: Locations) -> list[Scan]:
        """An error declaration takes back what its event told, and what the stored event of the
        same ID told, should that differ.
        """
        assert event.error is not None
        wrong = scans_of(event, known)
        for stored in await self._store.event(tenant, event.id or ""):
            told = event_of(stored.body)
            if told is not None and told.error is None:
                wrong += scans_of(told, known)
        return list(self._retracting(tenant, wrong, event.error.at))

    def _retracting(self, tenant: int, wrong: Iterable[Scan], at: datetime) -> Iterator[Scan]:
        seen: set[str] = set()
        for scan in wrong:
            try:
                events = self._resolver.events(tenant, scan, SOURCE, self._now_us())
            except BadScanError:
                continue  # it was refused as a scan as well
            for event in events:
                identity = id_text(event.fingerprint)
                if identity not in seen:
                    seen.add(identity)
                    yield Scan(number=scan.number, occurred_at=at, retracts=identity)

    def _now(self) -> datetime:
        return _EPOCH + timedelta(microseconds=self._now_us())


# Hashing and mapping of thousands of events would hold up everybody else: they go to a thread.
def _entries(
    tenant: int, document: Document, good: Sequence[tuple[str, dict[str, Any]]]
) -> tuple[list[Entry], list[Entry], dict[int, Concealed]]:
    """Entries as they were told, as they are stored, and what is sealed of them."""
    told = [entry_of(one, document.prefixes, document.ignored) for _, one in good]
    return told, *conceal(tenant, told)


def _understood(entries: Sequence[Entry], known: Locations) -> tuple[list[Event], list[Scan]]:
    """The events, and the scans of those that are not declared wrong."""
    found = [event_of(entry.body) for entry in entries]
    events = [event for event in found if event is not None]
    return events, [
        scan for event in events if event.error is None for scan in scans_of(event, known)
    ]


def problem(kind: str, where: str, message: str) -> dict[str, Any]:
    """A problem detail as a capture job tells it."""
    return {"type": kind, "title": "Not captured", "status": 400, "detail": f"{where}: {message}"}


def _conflict(path: str, event: dict[str, Any]) -> dict[str, Any]:
    event_id = msgspec.json.encode(event.get("eventID")).decode()
    found = problem(TAKEN, path, f"another event has the event ID {event_id} already")
    return found | {"status": 409}
