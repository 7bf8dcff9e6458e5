"""What subscribers are told keeps the clock that the scan was made by."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import msgspec
from whole import TENANT, engine

from milepost.domain.scan import Scan
from milepost.engine.delivery import Wanted
from milepost.stores.memory.ledger import MemoryLedger


def scan(at: str, code: str) -> Scan:
    return Scan(number="QX1001", occurred_at=datetime.fromisoformat(at), code=code)


def told(*scans: Scan) -> list[dict[str, Any]]:
    """The announcements of these scans, each of which comes by itself."""

    async def run() -> list[dict[str, Any]]:
        ledger = MemoryLedger()
        inline = engine(ledger)
        inline.audience.set({TENANT: Wanted(frozenset({"shipment.event_added"}), {})})
        await inline.start()
        for scan in scans:
            await inline.journey.take_given(TENANT, "api", b"[]", [scan])
        await inline.stop()
        return [msgspec.json.decode(row.payload) for row in ledger.outbox]

    return asyncio.run(run())


def test_a_status_begins_by_the_clock_of_its_scan() -> None:
    came = scan("2026-11-20T08:00:00+08:00", "delivered")
    (said,) = told(came)
    assert said["status"]["since"] == said["event"]["occurred_at"] == "2026-11-20T08:00:00+08:00"


def test_a_late_scan_does_not_lend_its_clock_to_another() -> None:
    came = scan("2026-11-20T08:00:00+08:00", "delivered")
    late = scan("2026-11-19T08:00:00+01:00", "picked_up")
    said = told(came, late)[-1]
    assert said["event"]["occurred_at"] == "2026-11-19T08:00:00+01:00"
    assert said["status"]["since"] == "2026-11-20T00:00:00+00:00"
