"""`/v1/shipments/{id}/personal`: who sends and who receives, for those who may know."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from msgspec import Struct

from milepost.api.services import Services
from milepost.domain.scan import id_number, id_text
from milepost.engine.personal import Party, Personal
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError

SCOPE = "personal"


class PersonalAnswer(Struct):
    """Both ends as registered, and what else the vault has of the shipment."""

    id: str
    consignee: Party | None
    consignor: Party | None
    others: list[dict[str, Any]]


class PersonalRooms(Struct):
    """What the handlers work with."""

    services: Services
    personal: Personal


Handler = Callable[[PersonalRooms, Call], Awaitable[object]]


def endpoints(rooms: PersonalRooms) -> list[Endpoint]:
    def on(handler: Handler, **given: Any) -> Endpoint:
        return Endpoint(
            handler=partial(handler, rooms), path="/v1/shipments/{id}/personal", scope=SCOPE,
            tag="personal data", answers=(404, 422), **given,
        )  # fmt: skip

    return [
        on(show, method="GET", summary="Who sends and who receives", answer=PersonalAnswer),
        on(erase, method="DELETE", summary="Erase the personal data of a shipment for good",
           status=204),
    ]  # fmt: skip


async def show(rooms: PersonalRooms, call: Call) -> PersonalAnswer:
    road, number = await shipment_of(rooms.services, call)
    tenant = call.caller.tenant
    ends = await rooms.personal.parties(tenant, number)
    others = await rooms.personal.others(tenant, number)
    return PersonalAnswer(id_text(road), ends.consignee, ends.consignor, others)


async def erase(rooms: PersonalRooms, call: Call) -> None:
    _, number = await shipment_of(rooms.services, call)
    actor = f"key {call.caller.key}"
    await rooms.personal.erase(call.caller.tenant, number, actor)


async def shipment_of(services: Services, call: Call) -> tuple[int, str]:
    """The key of the shipment in the path, and one of its tracking numbers; 404 and 422."""
    try:
        road = id_number(call.path("id"))
    except ValueError:
        raise ProblemError(422, "A shipment id has 16 hexadecimal digits.") from None
    tenant = call.caller.tenant
    number = services.queries.number_of(tenant, road)
    if number is None:
        row = await services.ledger.shipment(tenant, road)
        if row is None:
            raise ProblemError(404, "There is no such shipment.")
        number = row.number
    return road, number
