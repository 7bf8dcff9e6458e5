"""`/v1/shipments/{id}/archive`, `/custody`, `/liability`: who held it, and who answers for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct
from starlette.responses import Response

from milepost.api.services import Services
from milepost.custody import (
    Anomaly,
    Carriage,
    Custody,
    Holding,
    Liability,
    Node,
    aboard,
    archive_of,
    custody_of,
    liability_of,
)
from milepost.domain.moment import to_datetime
from milepost.domain.scan import id_number
from milepost.domain.track import Track
from milepost.engine.located import town_of
from milepost.engine.resolve import BadScanError
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError

Anomalies = Callable[[int, Track], Awaitable[Sequence[Anomaly]]]
Carriages = Callable[[int, Track], Awaitable[Sequence[Carriage]]]
Sign = Callable[[int, Track, "Report", str], Awaitable[bytes]]
Within = Callable[[Sequence[Holding]], Sequence[Holding]]
PDF = "application/pdf"


class Archive(Struct, frozen=True, kw_only=True):
    """Every node of the road with everything that proves it."""

    number: str
    shipment: str
    synthetic: bool
    nodes: list[Node]


class CustodyAnswer(Struct, frozen=True, kw_only=True):
    number: str
    shipment: str
    synthetic: bool
    custody: Custody


class Report(Struct, frozen=True, kw_only=True):
    """A liability report with the chain of custody that it rests on."""

    number: str
    shipment: str
    synthetic: bool
    liability: Liability
    custody: Custody
    anomalies: list[Anomaly]


class LiabilityQuery(Struct):
    """`format` pdf gives a signed document, in the language `lang` where we write papers in it."""

    problem: Literal["damage", "loss", "temperature", "delay"] = "damage"
    format: Literal["json", "pdf"] = "json"
    lang: Annotated[str, Meta(max_length=35)] = "en"


class Bench(Struct):
    """What the handlers work with. `anomalies`: what sensors and alerts say of a shipment;
    `carriages`: what it was in.
    """

    services: Services
    anomalies: Anomalies
    carriages: Carriages
    sign: Sign


def endpoints(bench: Bench) -> list[Endpoint]:
    def on(handler: Any, **given: Any) -> Endpoint:
        return Endpoint(
            method="GET", handler=partial(handler, bench), tag="custody", answers=(404, 422),
            **given,
        )  # fmt: skip

    one = "/v1/shipments/{id}"
    return [
        on(archive, path=f"{one}/archive", summary="Every node of a road with its proof",
           answer=Archive),
        on(custody, path=f"{one}/custody", summary="Who held it from when to when, and the gaps",
           answer=CustodyAnswer),
        on(liability, path=f"{one}/liability", summary="Who answers for damage, loss or delay",
           query=LiabilityQuery, answer=Report),
    ]  # fmt: skip


async def archive(bench: Bench, call: Call) -> Archive:
    track = await _track(bench, call)
    return Archive(
        number=track.number, shipment=track.shipment, synthetic=track.synthetic, nodes=_nodes(track)
    )


async def custody(bench: Bench, call: Call) -> CustodyAnswer:
    track = await _track(bench, call)
    return CustodyAnswer(
        number=track.number, shipment=track.shipment, synthetic=track.synthetic,
        custody=custody_of(_nodes(track), await _within(bench, call, track), town_of),
    )  # fmt: skip


async def liability(bench: Bench, call: Call) -> Report | Response:
    track = await _track(bench, call)
    tenant = call.caller.tenant
    found = list(await bench.anomalies(tenant, track))
    nodes = _nodes(track)
    chain = custody_of(nodes, await _within(bench, call, track), town_of)
    now = to_datetime(bench.services.now_us(), 0)
    answer = liability_of(call.query.problem, nodes, chain, found, now)
    report = Report(
        number=track.number, shipment=track.shipment, synthetic=track.synthetic, liability=answer,
        custody=chain, anomalies=found,
    )  # fmt: skip
    if call.query.format == "json":
        return report
    name = f"liability-{track.number}-{call.query.problem}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(
        await bench.sign(tenant, track, report, call.query.lang), media_type=PDF, headers=headers
    )


async def _within(bench: Bench, call: Call, track: Track) -> Within:
    carried = await bench.carriages(call.caller.tenant, track)
    return partial(aboard, carriages=carried)


def _nodes(track: Track) -> list[Node]:
    return archive_of(track.events, track.carrier)


async def _track(bench: Bench, call: Call) -> Track:
    services, tenant = bench.services, call.caller.tenant
    try:
        shipment = id_number(call.path("id"))
    except ValueError:
        raise ProblemError(422, "A shipment's id has 16 hexadecimal digits.") from None
    row = await services.ledger.shipment(tenant, shipment)
    number = services.queries.number_of(tenant, shipment) or (row.number if row else None)
    try:
        track = await services.queries.track(tenant, number, private=True) if number else None
    except BadScanError:
        track = None
    if track is None:
        raise ProblemError(404, "There is no such shipment.")
    return track
