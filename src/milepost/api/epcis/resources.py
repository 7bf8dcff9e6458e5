"""Collections: what there are events of, and queries under names."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from milepost.api.epcis.answers import (
    ROOT,
    Position,
    answer,
    check_versions,
    collection,
    invalid,
    next_link,
    page_of,
    path_text,
    problem,
)
from milepost.api.epcis.shapes import NamedQuery, NewQuery, PageQuery
from milepost.engine.epcis_ports import EpcisStore
from milepost.epcis.documents import query_issues
from milepost.web.endpoint import Call, Endpoint

COLUMNS = {
    "eventTypes": "type", "epcs": "epcs", "bizSteps": "biz_step", "bizLocations": "biz_location",
    "readPoints": "read_point", "dispositions": "disposition",
}  # fmt: skip
TOP = ("capture", "events", *COLUMNS, "queries")


def endpoints(store: EpcisStore) -> list[Endpoint]:
    def endpoint(handler: Any, path: str, summary: str, **given: Any) -> Endpoint:
        given = {"method": "GET", "answers": (400, 404, 406)} | given
        return Endpoint(
            handler=partial(handler, store), path=ROOT + path, summary=summary, tag="epcis", **given
        )

    found = {"answer": dict[str, Any]}
    query = "/queries/{name}"
    return [
        endpoint(top, "", "What can be asked here", **found),
        *(
            endpoint(partial(listed, name), f"/{name}", f"The {name} of all events",
                     query=PageQuery, **found)
            for name in COLUMNS
        ),
        *(
            endpoint(partial(below, name), f"/{name}/{{value:path}}",
                     f"What can be asked of one of the {name}", **found)
            for name in COLUMNS
        ),
        endpoint(add, "/queries", "Save a query under a name", method="POST", scope="write",
                 body=NewQuery, answer=NamedQuery, status=201, answers=(406, 409)),
        endpoint(queries, "/queries", "Saved queries", query=PageQuery, answer=list[NamedQuery]),
        endpoint(one, query, "A saved query", answer=NamedQuery),
        endpoint(delete, query, "Delete a saved query", method="DELETE", scope="write",
                 status=204, answers=(404, 406)),
        endpoint(release, "/nextPageToken/{token}", "Give a page's token back", method="DELETE",
                 status=204, answers=(406,)),
    ]  # fmt: skip


async def top(_: EpcisStore, call: Call) -> Response:
    check_versions(call.request)
    return answer(call.request, collection(list(TOP)))


async def listed(name: str, store: EpcisStore, call: Call) -> Response:
    check_versions(call.request)
    page = page_of(call.request)
    offset = page.position.offset
    found = await store.values(call.caller.tenant, COLUMNS[name], offset, page.size + 1)
    more = len(found) > page.size
    link = next_link(call.request, Position(offset + page.size)) if more else {}
    return answer(call.request, collection(found[: page.size]), headers=link)


async def below(name: str, _: EpcisStore, call: Call) -> Response:
    check_versions(call.request)
    return answer(call.request, collection(["events"]))


async def add(store: EpcisStore, call: Call) -> Response:
    check_versions(call.request)
    wanted: NewQuery = call.body
    issues = query_issues(wanted.query)
    if issues:
        raise invalid("QueryValidationException", "The query is not valid.", issues)
    if not await store.save_query(call.caller.tenant, wanted.name, wanted.query):
        told = "There is a query of this name already."
        raise problem(409, "ResourceAlreadyExistsException", told)
    location = f"{ROOT}/queries/{quote(wanted.name, safe='')}"
    return answer(
        call.request, NamedQuery(wanted.name, wanted.query), 201, headers={"Location": location}
    )


async def queries(store: EpcisStore, call: Call) -> Response:
    check_versions(call.request)
    page = page_of(call.request)
    offset = page.position.offset
    found = await store.queries(call.caller.tenant, offset, page.size + 1)
    more = len(found) > page.size
    link = next_link(call.request, Position(offset + page.size)) if more else {}
    return answer(call.request, [NamedQuery(*one) for one in found[: page.size]], headers=link)


async def one(store: EpcisStore, call: Call) -> Response:
    check_versions(call.request)
    name = path_text(call, "name")
    found = await store.query(call.caller.tenant, name)
    if found is None:
        raise problem(404, "NoSuchNameException", "There is no query of this name.")
    return answer(call.request, NamedQuery(name, found))


async def delete(store: EpcisStore, call: Call) -> None:
    check_versions(call.request)
    if not await store.delete_query(call.caller.tenant, path_text(call, "name")):
        raise problem(404, "NoSuchNameException", "There is no query of this name.")


async def release(_: EpcisStore, call: Call) -> None:
    """A token holds nothing here that could be given back."""
    check_versions(call.request)
