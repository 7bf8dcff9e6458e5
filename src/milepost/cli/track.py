"""`milepost track`: look up numbers on a running server."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

import click
import msgspec

from milepost.cli._native import asked, on_server
from milepost.domain.track import Forecast, Track

# Beyond a few, the list of what is unknown says more than the reasons.
MOST_EXPLAINED = 5


class Answer(msgspec.Struct):
    """The server's answer to `POST /v1/track`."""

    tracks: list[Track]
    unknown: list[str]


class Forecasts(msgspec.Struct):
    """What moved the arrival window of one of them."""

    forecasts: list[Forecast] = []


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
@on_server
def track_command(numbers: tuple[str, ...], url: str, key: str, as_json: bool) -> None:
    """Show the whole road of tracking or order NUMBERS."""
    _, body = asked(url, key, "/v1/track", {"numbers": list(numbers)})
    if as_json:
        click.echo(body.decode())
        return
    from milepost.cli._road import show

    answer = msgspec.json.decode(body, type=Answer)
    for track in answer.tracks:
        show(track, forecasts=_forecasts(url, key, track) if len(numbers) <= MOST_EXPLAINED else ())
    for number in answer.unknown:
        click.secho(f"{number}: nothing is known of it yet", fg="yellow", err=True)
    for number in answer.unknown[:MOST_EXPLAINED]:
        _, told = asked(url, key, f"/v1/track/{quote(number, safe='')}")
        _explain(number, msgspec.json.decode(told, type=Problem))
    if not answer.tracks:
        raise SystemExit(1)


def _forecasts(url: str, key: str, track: Track) -> Sequence[Forecast]:
    _, told = asked(url, key, f"/v1/track/{quote(track.number, safe='')}/forecasts")
    return msgspec.json.decode(told, type=Forecasts).forecasts


def _explain(number: str, problem: Problem) -> None:
    for one in problem.errors:
        meant = f" ({', '.join(one.proposals)}?)" if one.proposals else ""
        click.echo(f"  {number}: {one.text} {one.do}{meant}".rstrip(), err=True)
