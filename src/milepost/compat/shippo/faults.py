"""Shippo's errors: an HTTP status and `{"detail": …}`, or the faults of each field."""

from __future__ import annotations

from typing import Any


class ShippoError(Exception):
    """Raise it below an endpoint to answer so."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(str(body))
        self.status, self.body = status, body


def detail(status: int, text: str) -> ShippoError:
    return ShippoError(status, {"detail": text})


def field(name: str, text: str) -> ShippoError:
    return ShippoError(400, {name: [text]})


def required(name: str) -> ShippoError:
    return field(name, "This field is required.")


def not_found() -> ShippoError:
    return detail(404, "Not found.")
