"""`GET /v1/epcis/masterData`: what the headers of documents told of places and the like."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from msgspec import Meta, Struct
from starlette.responses import Response

from milepost.api.epcis.answers import ROOT, Position, answer, check_versions, next_link, page_of
from milepost.engine.epcis_ports import MasterData
from milepost.epcis.master import key_of
from milepost.web.endpoint import Call, Endpoint

Uri = Annotated[str, Meta(max_length=2_000)]


class MasterQuery(Struct):
    """`vocabulary`: its type as URI; `id`: one element, in any form of its identifier."""

    vocabulary: Uri | None = None
    id: Uri | None = None
    perPage: Annotated[str, Meta(max_length=10)] | None = None  # noqa: N815 - the standard's name
    nextPageToken: Annotated[str, Meta(max_length=200)] | None = None  # noqa: N815


def endpoints(store: MasterData) -> list[Endpoint]:
    return [
        Endpoint(
            method="GET", path=f"{ROOT}/masterData", handler=partial(page, store), tag="epcis",
            summary="Master data of captured documents", query=MasterQuery,
            answer=dict[str, Any], answers=(400, 406),
        )
    ]  # fmt: skip


async def page(store: MasterData, call: Call) -> Response:
    """Elements by vocabulary, in the form of a document's header."""
    check_versions(call.request)
    query: MasterQuery = call.query
    wanted = page_of(call.request)
    vocabulary = _clean(query.vocabulary)
    keys = None if query.id is None else [key_of(vocabulary or "", _clean(query.id) or "")]
    offset = wanted.position.offset
    found = await store.page(call.caller.tenant, vocabulary, keys, offset, wanted.size + 1)
    listed: dict[str, list[dict[str, Any]]] = {}
    for kind, element in found[: wanted.size]:
        listed.setdefault(kind, []).append(element)
    more = len(found) > wanted.size
    link = next_link(call.request, Position(offset + wanted.size)) if more else {}
    body = [{"type": kind, "vocabularyElementList": some} for kind, some in listed.items()]
    return answer(call.request, {"vocabularyList": body}, headers=link)


def _clean(text: str | None) -> str | None:
    return None if text is None else text.replace("\x00", "")
