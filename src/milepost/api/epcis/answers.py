"""What all EPCIS answers share: headers, exceptions of the standard, pages."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from milepost.epcis.contexts import EPCIS_CONTEXT
from milepost.epcis.formats import (
    EPC_FORMATS,
    LINKS,
    URNS,
    WORD_FORMATS,
    WORD_URNS,
    NoUrnError,
    told_as,
    words_as_urns,
)
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
# A third number is an erratum's, which changes nothing of how it is spoken.
_VERSIONS = re.compile(r"(2\.0|1\.2)(\.\d{1,3})?")
_SPOKEN = (2, 0, 0)
_FORM, _WORD_FORM = "GS1-EPC-Format", "GS1-CBV-XML-Format"
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
        if version is not None and _VERSIONS.fullmatch(version.strip()) is None:
            told = f"{name}: {version[:40]} is not spoken here, only 2.0 and 1.2."
            raise problem(406, "NotAcceptableException", told)
    _check_range(request)
    given = (*JSON_TYPES, *XML_TYPES) if xml else JSON_TYPES
    if not any(one in (*given, "*/*", "application/*", "") for one in _accepted(request)):
        raise problem(406, "NotAcceptableException", f"Answers are {' or '.join(given)}.")


def _check_range(request: Request) -> None:
    """406 where the versions that the caller understands end before, or begin after, ours."""
    for standard in ("EPCIS", "CBV"):
        for end, beyond in (("Min", 1), ("Max", -1)):
            name = f"GS1-{standard}-{end}"
            told = request.headers.get(name)
            version = _SPOKEN if told is None else _version(told)
            if version is None or (version > _SPOKEN) - (version < _SPOKEN) == beyond:
                said = f"{name}: {str(told)[:40]}: answers are of version 2.0.0."
                raise problem(406, "NotAcceptableException", said)


def _version(text: str) -> tuple[int, ...] | None:
    parts = text.strip().split(".")
    if not all(one.isascii() and one.isdigit() and len(one) < 5 for one in parts):
        return None
    return (*(int(one) for one in parts), 0, 0)[:3]


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
    """A document with events, as XML where the caller names that before JSON. EPCs and words are
    told as they came unless `GS1-EPC-Format` and `GS1-CBV-XML-Format` ask for another form.
    """
    document = _formed(request, document)
    wanted = [one for one in _accepted(request) if one in (*JSON_TYPES, *XML_TYPES, "*/*")]
    if not wanted or wanted[0] not in XML_TYPES:
        return answer(request, document, headers=headers)
    try:
        body = xml_of(document)
    except NotWritableError as error:
        raise problem(406, "NotAcceptableException", f"Not in XML: {error}.") from None
    if _form(request, _WORD_FORM, WORD_FORMATS) == WORD_URNS:
        body = words_as_urns(body)
    return Response(body, headers=HEADERS | dict(headers or {}), media_type=wanted[0])


def _form(request: Request, name: str, known: tuple[str, ...]) -> str:
    given = request.headers.get(name, known[-1]).strip()
    if given not in known:
        told = f"{name} is one of {', '.join(known)}."
        raise problem(406, "NotAcceptableException", told)
    return given


def _formed(request: Request, document: Mapping[str, Any]) -> Mapping[str, Any]:
    form = _form(request, _FORM, EPC_FORMATS)
    if form not in (LINKS, URNS):
        return document
    try:
        return {**document, "epcisBody": told_as(form, document["epcisBody"])}
    except NoUrnError as error:
        told = f"'{str(error)[:200]}' has no EPC URN: its company prefix is not known."
        raise problem(406, "NotAcceptableException", told) from None


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
