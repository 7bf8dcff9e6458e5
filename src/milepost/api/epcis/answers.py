"""What all EPCIS answers share: headers, exceptions of the standard, pages."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from milepost.epcis.contexts import EPCIS_CONTEXT
from milepost.epcis.issue import Issue
from milepost.epcis.xmlwriting import NotWritableError, xml_of
from milepost.web.endpoint import Call
from milepost.web.problems import ProblemError

ROOT = "/v1/epcis"
HEADERS = {
    "GS1-EPCIS-Version": "2.0.0",
    "GS1-CBV-Version": "2.0.0",
    "GS1-EPCIS-Min": "1.2.0",
    "GS1-EPCIS-Max": "2.0.0",
    "GS1-CBV-Min": "1.2.0",
    "GS1-CBV-Max": "2.0.0",
    "GS1-Extensions": "milepost=urn:x-milepost:epcis:",
}
JSON_TYPES = ("application/json", "application/ld+json")
XML_TYPES = ("application/xml", "text/xml")
_VERSIONS = ("2.0", "2.0.0", "1.2", "1.2.0")
PER_PAGE = 30
MOST_PER_PAGE = 1_000
_LONGEST_OFFSET = 10_000_000


class Position(Struct, frozen=True, array_like=True):
    """Where the next page begins: so many rows on, among what was there at the first page."""

    offset: int
    until: int = 0


class Page(Struct, frozen=True):
    """How many, and from where."""

    size: int
    position: Position


def problem(status: int, exception: str, detail: str, **given: Any) -> ProblemError:
    """A problem of one of the standard's exception types."""
    error = ProblemError(status, detail, **given)
    error.problem.type = f"epcisException:{exception}"
    error.problem.title = exception
    error.headers = HEADERS | error.headers
    return error


def invalid(exception: str, detail: str, issues: list[Issue]) -> ProblemError:
    """A 400 that names every fault with its path."""
    errors = [{"path": one.path, "error": one.message} for one in issues[:1000]]
    first = issues[0]
    told = f"{detail} {first.path}: {first.message}" if first.path else f"{detail} {first.message}"
    return problem(400, exception, told, errors=errors)


def check_versions(request: Request, *, xml: bool = False) -> None:
    """406 where the caller speaks a version that is not spoken here, or wants neither JSON nor
    (where there is any) XML.
    """
    for name in ("GS1-EPCIS-Version", "GS1-CBV-Version"):
        version = request.headers.get(name)
        if version is not None and version.strip() not in _VERSIONS:
            told = f"{name}: {version[:40]} is not spoken here, only {', '.join(_VERSIONS)}."
            raise problem(406, "NotAcceptableException", told)
    given = (*JSON_TYPES, *XML_TYPES) if xml else JSON_TYPES
    if not any(one in (*given, "*/*", "application/*", "") for one in _accepted(request)):
        raise problem(406, "NotAcceptableException", f"Answers are {' or '.join(given)}.")


def _accepted(request: Request) -> list[str]:
    accepted = request.headers.get("accept", "*/*")
    return [one.partition(";")[0].strip().lower() for one in accepted.split(",")]


def path_text(call: Call, name: str) -> str:
    """A part of the path; a 404 for what nothing here can be called."""
    text = call.path(name)
    if "\x00" in text:
        raise problem(404, "NoSuchResourceException", "There is nothing of this name.")
    return text


def answer(
    request: Request, value: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """JSON with the standard's headers, as JSON-LD where that is asked for."""
    wants_ld = JSON_TYPES[1] in request.headers.get("accept", "").lower()
    return Response(
        msgspec.json.encode(value),
        status_code=status,
        headers=HEADERS | dict(headers or {}),
        media_type=JSON_TYPES[1] if wants_ld else JSON_TYPES[0],
    )


def document_answer(
    request: Request, document: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Response:
    """A document with events, as XML where the caller names that before JSON."""
    wanted = [one for one in _accepted(request) if one in (*JSON_TYPES, *XML_TYPES, "*/*")]
    if not wanted or wanted[0] not in XML_TYPES:
        return answer(request, document, headers=headers)
    try:
        body = xml_of(document)
    except NotWritableError as error:
        raise problem(406, "NotAcceptableException", f"Not in XML: {error}.") from None
    return Response(body, headers=HEADERS | dict(headers or {}), media_type=wanted[0])


def collection(members: list[str]) -> dict[str, Any]:
    """A collection as the standard writes it."""
    return {"@context": [EPCIS_CONTEXT], "type": "Collection", "member": members}


def page_of(request: Request) -> Page:
    """`perPage` and `nextPageToken`. Raises a QueryParameterException for what is neither."""
    size = request.query_params.get("perPage", str(PER_PAGE))
    if not (size.isascii() and size.isdigit() and 1 <= len(size) <= 9 and int(size) > 0):
        raise problem(400, "QueryParameterException", "perPage must be a number from 1 on.")
    token = request.query_params.get("nextPageToken")
    position = Position(0) if token is None else _position(token)
    return Page(min(int(size), MOST_PER_PAGE), position)


def _position(token: str) -> Position:
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
        found = msgspec.json.decode(raw, type=Position)
    except (ValueError, binascii.Error, msgspec.DecodeError):
        found = Position(-1)
    if not (0 <= found.offset <= _LONGEST_OFFSET and 0 <= found.until < 1 << 62):
        raise problem(400, "QueryParameterException", "nextPageToken is none of ours.")
    return found


def next_link(request: Request, position: Position) -> dict[str, str]:
    """The `Link` header to the next page: the same question with another token."""
    token = base64.urlsafe_b64encode(msgspec.json.encode(position)).decode().rstrip("=")
    kept = [pair for pair in request.query_params.multi_items() if pair[0] != "nextPageToken"]
    query = urlencode([*kept, ("nextPageToken", token)])
    path = quote(request.url.path, safe="/%:")
    return {"Link": f'<{path}?{query}>; rel="next"'}
