"""`milepost track`: look up numbers on a running server."""

from __future__ import annotations

import os
from urllib.parse import quote

import click
import msgspec

from milepost.domain.track import Track

# Beyond a few, the list of what is unknown says more than the reasons.
MOST_EXPLAINED = 5


class Answer(msgspec.Struct):
    """The server's answer to `POST /v1/track`."""

    tracks: list[Track]
    unknown: list[str]


class Reason(msgspec.Struct):
    """Why there may be no record, and what to do."""

    text: str = ""
    do: str = ""
    proposals: list[str] = []


class Problem(msgspec.Struct):
    """The server's answer for one number of which nothing is known."""

    errors: list[Reason] = []


@click.command("track")
@click.argument("numbers", nargs=-1, required=True)
@click.option("--url", default=lambda: os.environ.get("MILEPOST_URL", "http://127.0.0.1:8000"),
              help="The server [http://127.0.0.1:8000, or MILEPOST_URL].")  # fmt: skip
@click.option("--key", envvar="MILEPOST_KEY", required=True, help="API key (MILEPOST_KEY).")
@click.option("--json", "as_json", is_flag=True, help="Print the server's JSON.")
def track_command(numbers: tuple[str, ...], url: str, key: str, as_json: bool) -> None:
    """Show the whole road of tracking NUMBERS."""
    body = _ask(url, key, "/v1/track", {"numbers": list(numbers)})
    if as_json:
        click.echo(body.decode())
        return
    from milepost.cli._road import show

    answer = msgspec.json.decode(body, type=Answer)
    for track in answer.tracks:
        show(track)
    for number in answer.unknown:
        click.secho(f"{number}: nothing is known of it yet", fg="yellow", err=True)
    for number in answer.unknown[:MOST_EXPLAINED]:
        _explain(
            number,
            msgspec.json.decode(
                _ask(url, key, f"/v1/track/{quote(number, safe='')}"), type=Problem
            ),
        )
    if not answer.tracks:
        raise SystemExit(1)


def _explain(number: str, problem: Problem) -> None:
    for one in problem.errors:
        meant = f" ({', '.join(one.proposals)}?)" if one.proposals else ""
        click.echo(f"  {number}: {one.text} {one.do}{meant}".rstrip(), err=True)


def _ask(url: str, key: str, path: str, body: object = None) -> bytes:
    """What the server answers; nothing known of a number is an answer too."""
    import httpx2

    try:
        answer = httpx2.request(
            "GET" if body is None else "POST", f"{url.rstrip('/')}{path}", json=body,
            headers={"Authorization": f"Bearer {key}"}, timeout=30,
        )  # fmt: skip
    except httpx2.HTTPError as error:
        raise click.ClickException(f"No answer from {url}: {error}") from None
    if answer.status_code not in (200, 404):
        raise click.ClickException(f"{url} answers {answer.status_code}: {answer.text}")
    return answer.content
