"""`GET /v1/shipments/{id}/epcis`: a shipment's road as an EPCIS document."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from starlette.responses import Response

from milepost.api.epcis.answers import document_answer
from milepost.domain.moment import to_text
from milepost.domain.scan import id_number
from milepost.engine.ports import Ledger
from milepost.engine.queries import Queries
from milepost.epcis.export import document_of
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError


def endpoints(queries: Queries, ledger: Ledger, now_us: Callable[[], int]) -> list[Endpoint]:
    return [
        Endpoint(
            method="GET",
            path="/v1/shipments/{id}/epcis",
            handler=partial(export, queries, ledger, now_us),
            summary="The road of a shipment as an EPCIS document",
            answer=dict[str, Any],
            answers=(404, 422),
            tag="epcis",
        )
    ]


async def export(
    queries: Queries, ledger: Ledger, now_us: Callable[[], int], call: Call
) -> Response:
    try:
        shipment = id_number(call.path("id"))
    except ValueError:
        raise ProblemError(422, "A shipment id has 16 hexadecimal digits.") from None
    tenant = call.caller.tenant
    number = queries.number_of(tenant, shipment)
    if number is None:
        row = await ledger.shipment(tenant, shipment)
        number = row.number if row else None
    track = await queries.track(tenant, number) if number else None
    if track is None:
        raise ProblemError(404, "There is no such shipment.")
    return document_answer(call.request, document_of(track, to_text(now_us(), 0)))
