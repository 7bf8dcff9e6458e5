"""`/v1/cases/{id}/pack`: all that bears out a claim, in one signed archive."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from starlette.responses import Response

from milepost.api.personal import SCOPE
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError

ZIP = "application/zip"


class Packs(Protocol):
    """Makes packs. Answers only of the tenant that asks."""

    async def pack(self, tenant: int, case: int, *, personal: bool) -> bytes | None:
        """A ZIP, None if there is no such case. `personal`: with the files of the evidence."""
        ...


def endpoints(packs: Packs) -> list[Endpoint]:
    return [
        Endpoint(
            method="GET", path="/v1/cases/{id}/pack", handler=partial(pack, packs), tag="cases",
            summary="The evidence pack of a case", answer_type=ZIP, answers=(404,),
        )
    ]  # fmt: skip


async def pack(packs: Packs, call: Call) -> Response:
    text, tenant = call.path("id"), call.caller.tenant
    known = text.isascii() and text.isdigit() and len(text) <= 18
    personal = SCOPE in call.caller.scopes
    made = await packs.pack(tenant, int(text), personal=personal) if known else None
    if made is None:
        raise ProblemError(404, "There is no such case.")
    headers = {"Content-Disposition": f'attachment; filename="case-{text}.zip"'}
    return Response(made, media_type=ZIP, headers=headers)
