"""`milepost epcis`: check EPCIS documents and hash their events, without any server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from milepost.epcis.documents import Document, NotEpcisError, read
from milepost.epcis.hashing import ALGORITHMS, event_hash
from milepost.epcis.issue import Issue
from milepost.epcis.prehash import prehash

_FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


@click.group("epcis")
def epcis_group() -> None:
    """EPCIS 2.0 documents, in JSON, JSON-LD or XML."""


@epcis_group.command("check")
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file, one a line.")
def check(files: tuple[Path, ...], as_json: bool) -> None:
    """Say whether FILES keep the standard, and what is wrong where.

    Exit code 1 when one of them does not.
    """
    verdicts = [_verdict(file) for file in files]
    for verdict in verdicts:
        if as_json:
            click.echo(msgspec.json.encode(verdict))
        else:
            _say(verdict)
    if not all(one["valid"] for one in verdicts):
        sys.exit(1)


@epcis_group.command("hash")
@click.argument("file", type=_FILE)
@click.option("--algorithm", type=click.Choice(list(ALGORITHMS)), default="sha-256")
@click.option("--prehash", "show", is_flag=True, help="Print what is hashed as well.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object an event, one a line.")
def hash_events(file: Path, algorithm: str, show: bool, as_json: bool) -> None:
    """Print the CBV 2.0 event hash of each event of FILE, in its order."""
    try:
        document = read(_bytes(file))
    except NotEpcisError as error:
        raise click.ClickException(f"{file}: {error}") from None
    for _, event in document.events:
        given = (event, document.prefixes, document.ignored)
        row = {"hash": event_hash(*given, algorithm)}
        if show:
            row["prehash"] = prehash(*given)
        click.echo(msgspec.json.encode(row) if as_json else "\n".join(row.values()))


def _bytes(file: Path) -> bytes:
    return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()


def _verdict(file: Path) -> dict[str, Any]:
    try:
        document = read(_bytes(file))
    except NotEpcisError as error:
        return _row(file, None, [Issue("", str(error))])
    return _row(file, document, list(document.issues))


def _row(file: Path, document: Document | None, issues: list[Issue]) -> dict[str, Any]:
    def of(level: str) -> list[dict[str, str]]:
        return [{"path": one.path, "message": one.message} for one in issues if one.level == level]

    return {
        "file": str(file),
        "kind": document.kind if document else None,
        "events": len(document.events) if document else 0,
        "valid": document is not None and document.valid,
        "errors": of("error"),
        "warnings": of("warning"),
    }


def _say(verdict: dict[str, Any]) -> None:
    good = verdict["valid"]
    told = f"valid ({verdict['kind']}, {verdict['events']} events)" if good else "not valid"
    click.secho(f"{verdict['file']}: {told}", fg="green" if good else "red")
    for name in ("errors", "warnings"):
        for one in verdict[name]:
            place = f"{one['path']}: " if one["path"] else ""
            click.echo(f"  {name[:-1]}: {place}{one['message']}")
