"""Shapes of the EPCIS endpoints, for their descriptions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from milepost.engine.epcis_ports import Job
from milepost.epcis.query import EXACT

_Text = Annotated[str, Meta(max_length=4_000)]


class CaptureJob(Struct, rename={"capture_error_behaviour": "captureErrorBehaviour"}):
    """What became of a captured document. `errors` are problem details."""

    captureID: str  # noqa: N815 - the standard's names
    createdAt: datetime  # noqa: N815
    finishedAt: datetime  # noqa: N815
    running: bool
    success: bool
    capture_error_behaviour: str
    captured: int
    duplicates: int
    errors: list[dict[str, Any]]


class NewQuery(Struct):
    """A query under a name. `query` has the parameters of the simple event query."""

    name: Annotated[str, Meta(min_length=1, max_length=200, pattern="^[^/\\u0000]+$")]
    query: dict[str, Any]


class NamedQuery(Struct):
    """A query that was saved."""

    name: str
    query: dict[str, Any]


class NewStandingQuery(Struct):
    """A subscription: `stream` for each new event at once, or a `schedule` in UTC.

    `signatureToken` signs what is sent; one is made if none is given.
    """

    dest: Annotated[str, Meta(min_length=1, max_length=2_048)]
    stream: bool = False
    schedule: dict[str, _Text] | None = None
    reportIfEmpty: bool = False  # noqa: N815 - the standard's names
    initialRecordTime: _Text | None = None  # noqa: N815
    signatureToken: Annotated[str, Meta(min_length=1, max_length=500)] | None = None  # noqa: N815


class StandingQuery(Struct, kw_only=True, omit_defaults=True):
    """A subscription as it stands. `signatureToken` only where it was made just now."""

    subscriptionID: str  # noqa: N815
    queryName: str  # noqa: N815
    dest: str
    stream: bool
    reportIfEmpty: bool  # noqa: N815
    createdAt: datetime  # noqa: N815
    active: bool
    lastNotifiedAt: datetime | None = None  # noqa: N815
    schedule: dict[str, str] | None = None
    initialRecordTime: datetime | None = None  # noqa: N815
    disabledWhy: str | None = None  # noqa: N815
    signatureToken: str | None = None  # noqa: N815


# Unknown parameters are refused by the handler, which reads the URL itself: families of
# parameters (`EQ_bizTransaction_po`) have no place in a struct.
EventQuery = msgspec.defstruct(
    "EventQuery",
    [(f"p{index}", _Text | None, None) for index, _ in enumerate(EXACT)],
    rename={f"p{index}": name for index, name in enumerate(EXACT)},
    module=__name__,
)


class PageQuery(Struct):
    """One page of a collection."""

    perPage: _Text | None = None  # noqa: N815 - the standard's names
    nextPageToken: _Text | None = None  # noqa: N815


def shown(job: Job) -> CaptureJob:
    return CaptureJob(
        captureID=str(job.id),
        createdAt=job.created_at,
        finishedAt=job.finished_at,
        running=False,
        success=job.success,
        capture_error_behaviour=job.behaviour,
        captured=job.captured,
        duplicates=job.duplicates,
        errors=job.errors,
    )
