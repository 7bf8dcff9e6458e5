"""`milepost import`: shipments or scans from a file into a running server."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import click
import httpx2
import msgspec
from rich.console import Console
from rich.progress import Progress

from milepost.cli._tables import rows_of, understood

BATCH = 500
Item = tuple[dict[str, Any], dict[str, Any]]


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", default=lambda: os.environ.get("MILEPOST_URL", "http://127.0.0.1:8000"),
              help="The server [http://127.0.0.1:8000, or MILEPOST_URL].")  # fmt: skip
@click.option("--key", envvar="MILEPOST_KEY", required=True, help="API key (MILEPOST_KEY).")
@click.option("--refused", type=click.Path(path_type=Path), help="Where refused rows go, with why.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def import_command(file: Path, url: str, key: str, refused: Path | None, as_json: bool) -> None:
    """Take the shipments or scans in FILE: CSV, JSON or NDJSON, columns as vendors export them.

    Rows with a time and a text or code are scans; rows without are shipments to follow.
    """
    done = Import(url.rstrip("/"), key)
    with Progress(console=Console(stderr=True), disable=as_json, transient=True) as progress:
        task = progress.add_task(f"reading {file.name}", total=None)
        try:
            items = _items(file, done)
            while batch := list(islice(items, BATCH)):
                done.send(batch)
                progress.advance(task, len(batch))
        except (ValueError, csv.Error) as error:
            raise click.ClickException(f"{file} cannot be read: {error}") from None
    where = refused or file.with_suffix(".refused.csv")
    done.write_refused(where)
    _say(done, where, as_json)


def _items(file: Path, done: Import) -> Iterator[Item]:
    for row in rows_of(file):
        try:
            item = understood(row)
        except ValueError as error:
            done.refused.append((row, str(error)))
            continue
        if "number" not in item:
            done.refused.append((row, "no tracking number"))
        else:
            yield row, item


class Import:
    """What has been sent, and what was refused."""

    def __init__(self, url: str, key: str) -> None:
        self.scans = self.shipments = self.duplicates = 0
        self.refused: list[tuple[dict[str, Any], str]] = []
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._client = httpx2.Client(base_url=url, headers=headers, timeout=60)

    def send(self, batch: Sequence[Item]) -> None:
        """Send a batch: scans together, shipments one by one."""
        scans = [pair for pair in batch if "occurred_at" in pair[1]]
        if scans:
            answer = self._post("/v1/scans", [item for _, item in scans])
            self.scans += answer["accepted"]
            self.duplicates += answer["duplicates"]
            for refusal in answer["rejected"]:
                self.refused.append((scans[refusal["index"]][0], refusal["error"]))
        for row, item in batch:
            if "occurred_at" not in item:
                self._ship(row, item)

    def _ship(self, row: dict[str, Any], item: dict[str, Any]) -> None:
        wanted = {name: value for name, value in item.items() if name not in ("text", "code")}
        try:
            self._post("/v1/shipments", wanted)
        except click.ClickException as error:
            self.refused.append((row, error.message))
        else:
            self.shipments += 1

    def _post(self, path: str, body: Any) -> Any:
        try:
            answer = self._client.post(path, content=msgspec.json.encode(body))
        except httpx2.HTTPError as error:
            raise click.ClickException(f"No answer: {error}") from None
        if answer.status_code >= 400:
            raise click.ClickException(f"{path} answers {answer.status_code}: {answer.text[:300]}")
        return answer.json()

    def write_refused(self, path: Path) -> None:
        """A CSV of the refused rows as they were, with the reason in the last column."""
        if not self.refused:
            return
        names = list(dict.fromkeys(str(name) for row, _ in self.refused for name in row))
        with path.open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.DictWriter(file, [*names, "refused because"], extrasaction="ignore")
            writer.writeheader()
            for row, why in self.refused:
                writer.writerow({**row, "refused because": why})


def _say(done: Import, where: Path, as_json: bool) -> None:
    counts = {
        "scans": done.scans,
        "duplicates": done.duplicates,
        "shipments": done.shipments,
        "refused": len(done.refused),
    }
    if as_json:
        click.echo(msgspec.json.encode(counts).decode())
        return
    click.echo(", ".join(f"{count} {name}" for name, count in counts.items()))
    if done.refused:
        click.secho(f"Refused rows, with the reasons: {where}", fg="yellow")
