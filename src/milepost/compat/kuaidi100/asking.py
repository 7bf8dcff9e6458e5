"""What a client sends: form fields or a query, and JSON text in the field `param`."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request

from milepost.compat.core.bodies import FORM, NotAFormError, form_of
from milepost.compat.kuaidi100 import faults
from milepost.compat.kuaidi100.faults import RefusedError
from milepost.domain.place import Place
from milepost.engine.resolve import BadScanError, checked_number
from milepost.web.endpoint import read_body

MOST_BYTES = 256 * 1024
SHORTEST, LONGEST = 6, 32


async def fields(request: Request) -> dict[str, str]:
    """Query and form as one; the form wins. Raises RefusedError for what is not UTF-8."""
    found = dict(request.query_params)
    if request.method == "POST":
        kind = request.headers.get("content-type") or FORM
        found |= _form(await read_body(request, MOST_BYTES), kind)
    return found


def _form(body: bytes, kind: str) -> dict[str, str]:
    try:
        return form_of(body, kind)
    except NotAFormError:
        raise RefusedError(faults.INCOMPLETE) from None


def param_of(text: str, fault: tuple[str, str] = faults.INCOMPLETE) -> dict[str, Any]:
    """The object in `param`; `fault` if it is none."""
    try:
        found = json.loads(text)
    except ValueError:
        raise RefusedError(fault) from None
    if not isinstance(found, dict):
        raise RefusedError(fault)
    return found


def text_of(asked: dict[str, Any], name: str) -> str:
    """A field as text, empty if it is missing."""
    value = asked.get(name)
    return "" if value is None or isinstance(value, (dict, list)) else str(value).strip()


def number_of(text: str, fault: tuple[str, str]) -> str:
    """A waybill number of 6 to 32 characters in its normal form."""
    try:
        number = checked_number(text)
    except BadScanError:
        raise RefusedError(fault) from None
    if not SHORTEST <= len(text) <= LONGEST:
        raise RefusedError(fault)
    return number


def place_of(text: str) -> Place | None:
    """`from` or `to` as a place."""
    return Place(name=text) if text else None
