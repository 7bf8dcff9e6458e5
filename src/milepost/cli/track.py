"""`milepost track`: look up numbers on a running server."""

from __future__ import annotations

import os

import click
import msgspec

from milepost.domain.track import Track


class Answer(msgspec.Struct):
    """The server's answer to `POST /v1/track`."""

    tracks: list[Track]
    unknown: list[str]


@click.command("track")
@click.argument("numbers", nargs=-1, required=True)
@click.option("--url", default=lambda: os.environ.get("MILEPOST_URL", "http://127.0.0.1:8000"),
              help="The server [http://127.0.0.1:8000, or MILEPOST_URL].")  # fmt: skip
@click.option("--key", envvar="MILEPOST_KEY", required=True, help="API key (MILEPOST_KEY).")
@click.option("--json", "as_json", is_flag=True, help="Print the server's JSON.")
def track_command(numbers: tuple[str, ...], url: str, key: str, as_json: bool) -> None:
    """Show the whole road of tracking NUMBERS."""
    body = _ask(url, key, numbers)
    if as_json:
        click.echo(body.decode())
        return
    from milepost.cli._road import show

    answer = msgspec.json.decode(body, type=Answer)
    for track in answer.tracks:
        show(track)
    for number in answer.unknown:
        click.secho(f"{number}: nothing is known of it yet", fg="yellow", err=True)
    if not answer.tracks:
        raise SystemExit(1)


def _ask(url: str, key: str, numbers: tuple[str, ...]) -> bytes:
    import httpx2

    try:
        answer = httpx2.post(
            f"{url.rstrip('/')}/v1/track",
            json={"numbers": list(numbers)},
            headers={"Authorization": f"Bearer {key}"},
            timeout=30,
        )
    except httpx2.HTTPError as error:
        raise click.ClickException(f"No answer from {url}: {error}") from None
    if answer.status_code != 200:
        raise click.ClickException(f"{url} answers {answer.status_code}: {answer.text}")
    return answer.content
