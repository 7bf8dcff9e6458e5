"""`/v1/devices`: what sorters, trucks, PDA, lockers, sensors and readers report."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from milepost.api.scans import NDJSON, overloaded
from milepost.engine.decode import NotABatchError
from milepost.engine.journey import OverloadedError
from milepost.intake.reports.shapes import (
    ChangeReport,
    DeviceScan,
    RfidReport,
    SampleReport,
    ScanBatch,
)
from milepost.intake.reports.taking import DeviceIntake, Taken
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError

Take = Callable[..., Awaitable[Taken]]


def endpoints(intake: DeviceIntake) -> list[Endpoint]:
    def endpoint(path: str, take: Take, body: Any, summary: str) -> Endpoint:
        return Endpoint(
            method="POST", path=path, handler=partial(_take, take), summary=summary, body=body,
            scope="write", raw_body=True, media_types=("application/json", NDJSON), answer=Taken,
            status=202, answers=(503,), tag="devices",
        )  # fmt: skip

    return [
        endpoint(
            "/v1/devices/scans", intake.take_scans, ScanBatch | list[DeviceScan],
            "Take scans of sorting lines, couriers' devices, lockers and stations",
        ),
        endpoint(
            "/v1/devices/samples", intake.take_samples, list[SampleReport],
            "Take positions, temperatures, shocks and other samples of assets",
        ),
        endpoint(
            "/v1/devices/rfid", intake.take_rfid, list[RfidReport], "Take reads of RFID tags"
        ),
        endpoint(
            "/v1/devices/containment", intake.take_changes, list[ChangeReport],
            "Say what was put into what, or taken out of it",
        ),
    ]  # fmt: skip


async def _take(take: Take, call: Call) -> Taken:
    content_type = call.request.headers.get("content-type", "")
    lines = "ndjson" in content_type or "jsonl" in content_type
    try:
        return await take(call.caller.tenant, call.body, lines=lines)
    except NotABatchError as error:
        raise ProblemError(400, str(error)) from None
    except OverloadedError:
        raise overloaded() from None
