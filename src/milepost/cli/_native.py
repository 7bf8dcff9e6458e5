"""A running server's native API, for commands that work through it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import click
import httpx2

Command = TypeVar("Command", bound=Callable[..., Any])
PAGE = 200


def on_server(command: Command) -> Command:
    """The options `--url`, `--key` and `--json`."""
    url = click.option(
        "--url", default=lambda: os.environ.get("MILEPOST_URL", "http://127.0.0.1:8000"),
        help="The server [http://127.0.0.1:8000, or MILEPOST_URL].",
    )  # fmt: skip
    key = click.option("--key", envvar="MILEPOST_KEY", required=True,
                       help="API key (MILEPOST_KEY).")  # fmt: skip
    as_json = click.option("--json", "as_json", is_flag=True, help="Print the server's JSON.")
    return url(key(as_json(command)))


def asked(url: str, key: str, path: str, body: Any = None) -> tuple[int, bytes]:
    """The server's own bytes, with 200 or 404; with a body it is a POST. Raises ClickException
    where there is no answer or another.
    """
    try:
        answer = httpx2.request(
            "GET" if body is None else "POST", f"{url.rstrip('/')}{path}", json=body,
            headers={"Authorization": f"Bearer {key}"}, timeout=30,
        )  # fmt: skip
    except httpx2.HTTPError as error:
        raise click.ClickException(f"No answer from {url}: {error}") from None
    if answer.status_code not in (200, 404):
        raise click.ClickException(f"{url} answers {answer.status_code}: {answer.text}")
    return answer.status_code, answer.content


class Native:
    """Calls of one key. What the server refuses becomes a ClickException with its own words."""

    def __init__(self, url: str, key: str, timeout_s: float = 60.0) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        self._client = httpx2.Client(
            base_url=url.rstrip("/"), headers=headers, timeout=timeout_s
        )  # fmt: skip

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """The decoded answer, None where it is empty."""
        given = {name: value for name, value in query.items() if value is not None}
        try:
            answer = self._client.request(method, path, json=body, params=given)
        except httpx2.HTTPError as error:
            raise click.ClickException(f"No answer: {error}") from None
        if answer.status_code >= 400:
            raise click.ClickException(_why(answer))
        return answer.json() if answer.content else None

    def pages(self, path: str, name: str, limit: int, wanted: dict[str, Any]) -> list[Any]:
        """Up to `limit` of a list called `name`, over as many pages as it takes."""
        found: list[Any] = []
        cursor = None
        while len(found) < limit:
            asked_for = min(PAGE, limit - len(found))
            page = self.call("GET", path, **wanted, limit=asked_for, cursor=cursor)
            found += page[name]
            cursor = page["next"]
            if cursor is None:
                break
        return found


def _why(answer: httpx2.Response) -> str:
    try:
        problem = answer.json()
        return str(problem.get("detail") or problem["title"])
    except (ValueError, KeyError, AttributeError):
        return f"{answer.status_code}: {answer.text[:300]}"
