"""`schema=xml`: subscriptions, their answers and pushes as Kuaidi100 had them before JSON."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from milepost.compat.core import xml
from milepost.compat.core.bodies import BodyError
from milepost.compat.kuaidi100 import asking, faults
from milepost.compat.kuaidi100.faults import RefusedError

SCHEMA = "schema"  # an option of a subscription
XML = "xml"
_ITEMS = {"data": "item"}


def param_of(text: str) -> dict[str, Any]:
    """The object of an `orderRequest`, or of JSON. Raises RefusedError."""
    if not xml.is_xml(text):
        return asking.param_of(text, faults.BAD_DATA)
    try:
        return xml.read(text) | {SCHEMA: XML}
    except BodyError:
        raise RefusedError(faults.BAD_DATA) from None


def answered(answer: dict[str, Any]) -> Response:
    """The answer to an `orderRequest`."""
    return Response(xml.written("orderResponse", answer, {}), media_type=xml.KIND)


def pushed(told: dict[str, Any]) -> str:
    """The text of `param` in a push."""
    return xml.written("pushRequest", told, _ITEMS)


def taken(body: bytes) -> dict[str, Any]:
    """What a receiver says, empty if it is no `pushResponse`."""
    try:
        return xml.read(body.decode())
    except (BodyError, UnicodeDecodeError):
        return {}
