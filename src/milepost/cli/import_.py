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

from milepost.cli._answers import Answers, answers_in
from milepost.cli._epcis import capture, is_epcis
from milepost.cli._reports import is_reports, sent
from milepost.wiring.tabular.rows import Preview, preview, read_items

BATCH = 500
Item = tuple[dict[str, Any], dict[str, Any]]


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", default=lambda: os.environ.get("MILEPOST_URL", "http://127.0.0.1:8000"),
              help="The server [http://127.0.0.1:8000, or MILEPOST_URL].")  # fmt: skip
@click.option("--key", envvar="MILEPOST_KEY", help="API key (MILEPOST_KEY).")
@click.option("--dry-run", is_flag=True, help="Send nothing; show what would be sent.")
@click.option("--refused", type=click.Path(path_type=Path), help="Where refused rows go, with why.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def import_command(
    file: Path, url: str, key: str | None, dry_run: bool, refused: Path | None, as_json: bool
) -> None:
    """Take the shipments or scans in FILE: CSV, XLSX, JSON or NDJSON.

    Exports of AfterShip, 17TRACK, Kdniao, Kuaidi100, EasyPost and Shippo are recognised by their
    columns: each row is a shipment to follow, with its newest scan where it tells one. Of other
    files, rows with a time and a text or code are scans; rows without are shipments to follow.
    Answers of those vendors' APIs, saved as JSON, go in with their whole roads.
    EPCIS documents (JSON or XML) are captured as such, and so are files of what devices measured.
    """
    answers = answers_in(file)
    if dry_run:
        _preview_answers(answers, as_json) if answers is not None else _preview(file, as_json)
        return
    if key is None:
        raise click.UsageError("Missing option '--key' (or MILEPOST_KEY).")
    done = Import(url.rstrip("/"), key)
    if is_epcis(file):
        done.capture(file)
        _say(done, file.with_suffix(".refused.csv"), as_json)
        return
    with Progress(console=Console(stderr=True), disable=as_json, transient=True) as progress:
        task = progress.add_task(f"reading {file.name}", total=None)
        try:
            reports = answers is None and is_reports(file)
            if reports:
                done.report(file)
            if answers is not None:
                done.take(answers)
            items = iter(()) if reports or answers is not None else _items(file, done)
            while batch := list(islice(items, BATCH)):
                done.send(batch)
                progress.advance(task, len(batch))
        except (ValueError, csv.Error) as error:
            raise click.ClickException(f"{file} cannot be read: {error}") from None
    where = refused or file.with_suffix(".refused.csv")
    done.write_refused(where)
    _say(done, where, as_json)


def _items(file: Path, done: Import) -> Iterator[Item]:
    for row, read in read_items(file):
        if isinstance(read, str):
            done.refused.append((row, read))
        else:
            yield row, read


def _preview_answers(answers: Answers, as_json: bool) -> None:
    shipments = [item for _, item in answers.shipments()]
    found = Preview(
        f"{answers.kind.vendor}, answers of its API", {}, len(shipments), len(answers.scans()),
        sample=shipments[:3],
    )  # fmt: skip
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
        return
    click.echo(f"read as: {found.recognised}")
    click.echo(f"{found.shipments} shipments, each with what is told of its road")
    for item in found.sample:
        click.echo("  " + ", ".join(f"{name}={value}" for name, value in item.items()))


def _preview(file: Path, as_json: bool) -> None:
    try:
        found = preview(file)
    except (ValueError, csv.Error) as error:
        raise click.ClickException(f"{file} cannot be read: {error}") from None
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
        return
    click.echo(f"read as: {found.recognised or 'columns by their names'}")
    for meaning, column in found.columns.items():
        click.echo(f"  {meaning}: {column}")
    click.echo(f"{found.shipments} shipments, {found.scans} scans, {found.refused} refused")
    for item in found.sample:
        click.echo("  " + ", ".join(f"{name}={value}" for name, value in item.items()))
    if found.doubtful:
        among = f" among the first {found.checked}" if found.checked < found.addressed else ""
        click.secho(f"{found.doubtful} doubtful addresses{among}", fg="yellow")
    for note in found.addresses:
        repair = f" Perhaps: {note.repaired}" if note.repaired else ""
        click.echo(f"  row {note.row}, {note.number}: {' '.join(note.said)}{repair}")


class Import:
    """What has been sent, and what was refused."""

    def __init__(self, url: str, key: str) -> None:
        self.scans = self.shipments = self.duplicates = self.reports = 0
        self.refused: list[tuple[dict[str, Any], str]] = []
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._client = httpx2.Client(base_url=url, headers=headers, timeout=60)

    def capture(self, file: Path) -> None:
        """Send an EPCIS document; its events count as scans."""
        job = capture(self._client, file)
        self.scans, self.duplicates = job["captured"], job["duplicates"]
        self.refused = [({}, str(one["detail"])) for one in job["errors"]]
        for _, why in self.refused:
            click.secho(why, fg="yellow", err=True)

    def send(self, batch: Sequence[Item]) -> None:
        """Send a batch: its scans together, and its shipments together."""
        scans = [pair for pair in batch if "occurred_at" in pair[1]]
        if scans:
            answer = self._post("/v1/scans", [item for _, item in scans])
            self.scans += answer["accepted"]
            self.duplicates += answer["duplicates"]
            for refusal in answer["rejected"]:
                self.refused.append((scans[refusal["index"]][0], refusal["error"]))
        self._ship([pair for pair in batch if "occurred_at" not in pair[1]])

    def take(self, answers: Answers) -> None:
        """Follow the numbers in a vendor's answers, and send what these tell of their roads."""
        for items in (answers.shipments(), answers.scans()):
            for start in range(0, len(items), BATCH):
                self.send(items[start : start + BATCH])
        for document in answers.documents(BATCH // 10):
            told = self._post(f"/v1/intake/{answers.kind.vendor}", document)
            self.scans += told["accepted"]
            self.duplicates += told["duplicates"]
            self.refused += [({}, str(one)) for one in (*told["rejected"], *told["errors"])]

    def report(self, file: Path) -> None:
        """Send what devices measured, read or moved."""
        for kind, rows, answer in sent(self._post, file, BATCH):
            self.reports += answer["accepted"]
            self.duplicates += answer["duplicates"]
            for refusal in answer["rejected"]:
                self.refused.append((rows[refusal["index"]], f"{kind}: {refusal['error']}"))

    def _ship(self, items: Sequence[Item]) -> None:
        """Announce shipments together."""
        if not items:
            return
        wanted = [
            {name: value for name, value in item.items() if name not in ("text", "code")}
            for _, item in items
        ]
        answer = self._post("/v1/shipments", wanted)
        self.shipments += len(answer.get("shipments", ()))
        for refusal in answer.get("rejected") or answer.get("errors", ()):
            self.refused.append((items[refusal["index"]][0], refusal["error"]))

    def _post(self, path: str, body: Any) -> Any:
        try:
            answer = self._client.post(path, content=msgspec.json.encode(body))
        except httpx2.HTTPError as error:
            raise click.ClickException(f"No answer: {error}") from None
        told = answer.status_code == 422 and msgspec.json.decode(answer.content).get("errors")
        if answer.status_code >= 400 and not told:
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
        "reports": done.reports,
        "refused": len(done.refused),
    }
    if as_json:
        click.echo(msgspec.json.encode(counts).decode())
        return
    click.echo(", ".join(f"{count} {name}" for name, count in counts.items()))
    if any(row for row, _ in done.refused):
        click.secho(f"Refused rows, with the reasons: {where}", fg="yellow")
