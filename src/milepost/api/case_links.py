"""`/v1/cases/{id}/link`: a link under which the carrier's people answer a case."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated

from msgspec import Meta, Struct

from milepost.api.cases import id_of
from milepost.domain.moment import to_text
from milepost.engine.cases.ports import CaseStore
from milepost.engine.evidence.links import LONGEST_HOLD_S, EvidenceLinks
from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError


class NewCaseLink(Struct, forbid_unknown_fields=True):
    """How long the link holds: 30 days at most."""

    holds_s: Annotated[int, Meta(ge=60, le=LONGEST_HOLD_S)] = LONGEST_HOLD_S


class CaseLink(Struct):
    """Whoever holds `url` answers the case for the carrier, until `expires_at`."""

    url: str
    expires_at: str


class LinkRooms(Struct):
    """What the handler works with. `base_url` is where links lead to."""

    store: CaseStore
    links: EvidenceLinks
    now_us: Callable[[], int]
    base_url: str


def endpoints(rooms: LinkRooms) -> list[Endpoint]:
    return [
        Endpoint(
            method="POST", path="/v1/cases/{id}/link", handler=partial(link, rooms), tag="cases",
            scope="write", status=201, summary="A signed link under which the carrier answers",
            body=NewCaseLink, answer=CaseLink, answers=(404, 409, 422),
        )
    ]  # fmt: skip


async def link(rooms: LinkRooms, call: Call) -> CaseLink:
    tenant, case = call.caller.tenant, id_of(call)
    row = await rooms.store.find(tenant, case)
    if row is None:
        raise ProblemError(404, "There is no such case.")
    if not row.case.open:
        raise ProblemError(409, "The case is closed; reopen it first.")
    until_s = rooms.now_us() // 1_000_000 + call.body.holds_s
    token = rooms.links.token(tenant, str(case), until_s)
    return CaseLink(f"{rooms.base_url}/answer/{token}", to_text(until_s * 1_000_000, 0))
