"""Errors as RFC 9457 problem details."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"


class Problem(Struct, kw_only=True, omit_defaults=True):
    """The body of an error answer. `detail` is for a person; `errors` names single faults."""

    title: str
    status: int
    type: str = "about:blank"
    detail: str | None = None
    errors: list[dict[str, Any]] = []


class ProblemError(Exception):
    """Raise it anywhere below an endpoint to answer with a problem."""

    def __init__(
        self,
        status: int,
        detail: str | None = None,
        *,
        headers: dict[str, str] | None = None,
        errors: list[dict[str, Any]] | None = None,
    ) -> None:
        super().__init__(detail)
        title = HTTPStatus(status).phrase
        self.problem = Problem(title=title, status=status, detail=detail, errors=errors or [])
        self.headers = headers or {}


def response_of(error: ProblemError) -> Response:
    """The answer that tells a problem."""
    return Response(
        msgspec.json.encode(error.problem),
        status_code=error.problem.status,
        headers=error.headers,
        media_type=MEDIA_TYPE,
    )


async def on_problem(_: Request, error: Exception) -> Response:
    """Exception handler for Starlette."""
    assert isinstance(error, ProblemError)
    return response_of(error)


async def on_http_error(_: Request, error: Exception) -> Response:
    """Starlette's own errors (404, 405) as problems."""
    status = getattr(error, "status_code", 500)
    headers = dict(getattr(error, "headers", None) or {})
    return response_of(ProblemError(status, headers=headers))


async def on_unavailable(_: Request, __: Exception) -> Response:
    """The database cannot be reached just now."""
    detail = "The database is not there just now; send this again in a moment."
    return response_of(ProblemError(503, detail, headers={"Retry-After": "1"}))


async def on_fault(_: Request, __: Exception) -> Response:
    """A fault of ours: nothing of it is shown to the caller."""
    return response_of(ProblemError(500, "An unexpected fault; it has been logged."))
