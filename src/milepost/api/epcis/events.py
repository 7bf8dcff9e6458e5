"""The query side: events by parameters, by name of a query, and by what they are about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from starlette.responses import Response

from milepost.api.epcis.answers import (
    ROOT,
    Position,
    check_versions,
    document_answer,
    invalid,
    next_link,
    page_of,
    path_text,
    problem,
)
from milepost.api.epcis.shapes import EventQuery
from milepost.domain.moment import to_datetime
from milepost.engine.epcis_ports import EpcisStore, Found, QueryError
from milepost.engine.epcis_standing import query_document
from milepost.epcis.documents import query_issues
from milepost.epcis.query import from_url
from milepost.web.endpoint import Call, Endpoint

# Resources whose events can be asked for: the parameter that picks them.
PICKED = {
    "eventTypes": "eventType", "epcs": "MATCH_anyEPC", "bizSteps": "EQ_bizStep",
    "bizLocations": "EQ_bizLocation", "readPoints": "EQ_readPoint",
    "dispositions": "EQ_disposition",
}  # fmt: skip
_ERRORS = (400, 404, 406, 413)


class Asked:
    """What questions work with."""

    def __init__(self, store: EpcisStore, now_us: Callable[[], int]) -> None:
        self.store = store
        self._now_us = now_us

    def document(self, found: list[Found], name: str = "SimpleEventQuery") -> dict[str, Any]:
        """Events as an EPCISQueryDocument, with the time at which each was recorded."""
        return query_document(found, name, to_datetime(self._now_us(), 0))


def endpoints(asked: Asked) -> list[Endpoint]:
    def endpoint(handler: Any, path: str, summary: str, **given: Any) -> Endpoint:
        return Endpoint(
            handler=partial(handler, asked), method="GET", path=f"{ROOT}/{path}", summary=summary,
            answer=dict[str, Any], answers=_ERRORS, tag="epcis", **given,
        )  # fmt: skip

    url = {"query": EventQuery}
    return [
        endpoint(listed, "events", "Events that fit the simple event query", **url),
        *(
            endpoint(
                partial(about, name), f"{name}/{{value:path}}/events",
                f"Events of one of the {name}", **url,
            )
            for name in PICKED
        ),
        endpoint(named, "queries/{name}/events", "Events that a named query finds", **url),
        endpoint(single, "events/{eventID:path}", "One event, and its error declaration"),
    ]  # fmt: skip


async def listed(asked: Asked, call: Call) -> Response:
    return await respond(asked, call, _asked_for(call))


async def about(name: str, asked: Asked, call: Call) -> Response:
    query = _asked_for(call)
    picked = PICKED[name]
    if picked in query:
        raise problem(400, "QueryParameterException", f"{picked} stands in the path already.")
    return await respond(asked, call, {**query, picked: [call.path("value")]})


async def named(asked: Asked, call: Call) -> Response:
    query = await asked.store.query(call.caller.tenant, path_text(call, "name"))
    if query is None:
        raise problem(404, "NoSuchNameException", "There is no query of this name.")
    return await respond(asked, call, query | _asked_for(call), call.path("name"))


def _asked_for(call: Call) -> dict[str, Any]:
    """The query of a URL. `GS1-Extensions: ex=https://…` tells what its prefixes stand for."""
    query = from_url(call.request.query_params.multi_items())
    given = ",".join(call.request.headers.getlist("GS1-Extensions")).split(",")
    pairs = (one.partition("=") for one in given)
    told = {name.strip(): uri.strip() for name, _, uri in pairs if uri.strip()}
    return query | ({"@context": [told]} if told else {})


async def single(asked: Asked, call: Call) -> Response:
    check_versions(call.request, xml=True)
    found = await asked.store.event(call.caller.tenant, path_text(call, "eventID"))
    if not found:
        raise problem(404, "NoSuchResourceException", "There is no event of this ID.")
    return document_answer(call.request, asked.document(found))


async def respond(
    asked: Asked, call: Call, query: Mapping[str, Any], name: str = "SimpleEventQuery"
) -> Response:
    """The page that a query and the URL ask for."""
    check_versions(call.request, xml=True)
    issues = query_issues(query)
    if issues:
        raise invalid("QueryParameterException", "The query is not valid.", issues)
    try:
        return await _page(asked, call, query, name)
    except QueryError as error:
        raise problem(400, "QueryParameterException", str(error)) from None


async def _page(asked: Asked, call: Call, query: Mapping[str, Any], name: str) -> Response:
    tenant, page = call.caller.tenant, page_of(call.request)
    offset, until = page.position.offset, page.position.until or await asked.store.newest(tenant)
    most = query.get("maxEventCount")
    if most is not None and await asked.store.count(tenant, query) > most:
        told = f"There are more than {most} events."
        raise problem(413, "QueryTooLargeException", told)
    size = page.size
    if "eventCountLimit" in query:
        size = max(0, min(size, int(query["eventCountLimit"]) - offset))
    found = await asked.store.events(tenant, query, until=until, offset=offset, limit=size + 1)
    ended = "eventCountLimit" in query and offset + size >= query["eventCountLimit"]
    following = Position(offset + size, until) if len(found) > size and not ended else None
    link = next_link(call.request, following) if following else {}
    return document_answer(call.request, asked.document(found[:size], name), link)
