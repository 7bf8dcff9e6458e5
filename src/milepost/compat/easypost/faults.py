"""EasyPost's errors: an HTTP status and `{"error": {code, message, errors}}`."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.responses import Response


class EasyPostError(Exception):
    """Raise it below an endpoint to answer so. `fields`: (name, fault) pairs."""

    def __init__(self, status: int, code: str, message: str, *fields: tuple[str, str]) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.fields = status, code, message, fields


def response(error: EasyPostError) -> Response:
    """The answer that tells it."""
    errors: list[dict[str, Any]] = [
        {"field": field, "message": message} for field, message in error.fields
    ]
    body = {"error": {"code": error.code, "message": error.message, "errors": errors}}
    return Response(msgspec.json.encode(body), error.status, media_type="application/json")


def unauthorized() -> EasyPostError:
    return EasyPostError(401, "APIKEY.INACTIVE", "This API key is unknown, expired or revoked.")


def not_found() -> EasyPostError:
    return EasyPostError(404, "NOT_FOUND", "The requested resource could not be found.")


def invalid(field: str, message: str) -> EasyPostError:
    text = "The request was formatted correctly, but its parameters were invalid."
    return EasyPostError(422, "PARAMETER.INVALID", text, (field, message))


def required(field: str) -> EasyPostError:
    text = f"Missing required parameter: {field}"
    return EasyPostError(422, "PARAMETER.REQUIRED", text, (field, "cannot be blank"))
