"""`milepost verify`: is the record what was committed? Of a data folder, or of proofs alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from milepost.cli._proving import trusted_key, verify_proofs
from milepost.settings import Settings, from_environment

if TYPE_CHECKING:
    from milepost.notary.faults import Report
    from milepost.notary.keys import PublicKey
    from milepost.runners.rebuild import Verdict

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command("verify")
@click.argument("proofs", nargs=-1, type=FILE)
@click.option("--checkpoint", "checkpoints", multiple=True, type=FILE,
              help="A signed note kept earlier: all must lead to it.")  # fmt: skip
@click.option("--key", help="The verifier key that you trust (or a file of it).")
@click.option("--tsa-ca", type=FILE, help="PEM of the time stamping authorities that you trust.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the data [.milepost].")
@click.option("--database", help="PostgreSQL URL; embedded in the data folder without one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify_command(
    proofs: tuple[Path, ...],
    checkpoints: tuple[Path, ...],
    key: str | None,
    tsa_ca: Path | None,
    as_json: bool,
    **given: object,
) -> None:
    """Check PROOFS (as `/v1/proofs` gives them) without any database. Without PROOFS: hold every
    row of the journal and the history against the logs, every checkpoint (also those of
    --checkpoint) against its log, and the list of shipments against the journal. Ends with 1 where
    something does not hold.

    The list is no part of the record: it is made from the journal, and may be a moment behind.
    """
    if proofs:
        verify_proofs(proofs, checkpoints, key, tsa_ca, as_json=as_json)
        return
    if tsa_ca:
        raise click.UsageError("--tsa-ca belongs to PROOFS.")
    notes = [(str(path), path.read_text("utf-8")) for path in checkpoints]
    report, verdict, broken = asyncio.run(_all(from_environment(**given), notes, trusted_key(key)))
    (_print_json if as_json else _print)(report, verdict, broken)
    listed = verdict is None or verdict.duplicated or verdict.differing or verdict.missing
    if report.faults or listed:
        raise SystemExit(1)


async def _all(
    settings: Settings, notes: Sequence[tuple[str, str]], key: PublicKey | None
) -> tuple[Report, Verdict | None, str]:
    from milepost.runners.rebuild import verify
    from milepost.wiring import open_store
    from milepost.wiring.auditing import audit

    store = await open_store(settings)
    columns = (
        TextColumn("{task.description}: {task.completed} events"), BarColumn(),
        TimeElapsedColumn(),
    )  # fmt: skip
    try:
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            advance = _advance(progress, "holding rows against logs")
            report = await audit(settings, store, advance, notes=notes, key=key)
            advance = _advance(progress, "folding the journal")
            try:
                return report, await verify(store.ledger, int(time.time()), advance), ""
            except (msgspec.DecodeError, ValueError) as error:
                return report, None, f"a row of the journal cannot be read: {error}"
    finally:
        await store.close()


def _advance(progress: Progress, what: str) -> Callable[[int], None]:
    task = progress.add_task(what, total=None)
    return lambda count: progress.advance(task, count)


def _print_json(report: Report, verdict: Verdict | None, broken: str) -> None:
    answer: dict[str, object] = {} if verdict is None else dict(verdict._asdict())
    found = msgspec.to_builtins(report)
    # `missing` of the list keeps its name; whatever else the audit counts has names of its own.
    answer |= found | {"sound": report.sound, "first": next(iter(found["faults"]), None)}
    if broken:
        answer["error"] = broken
    click.echo(msgspec.json.encode(answer).decode())


def _print(report: Report, verdict: Verdict | None, broken: str) -> None:
    for fault in report.faults:
        click.echo(fault.text())
    more = report.faults_in_all - len(report.faults)
    if more > 0:
        click.echo(f"… and {more} more")
    click.echo(
        f"The record: {report.leaves} leaves of {report.commits} commits in {report.logs} logs, "
        f"{report.checkpoints} checkpoints; {report.journal_rows} rows of the journal, "
        f"{report.sealed_rows} sealed, {report.before} older than the logs, "
        f"{report.retired} past retention: {'all sound' if report.sound else 'NOT SOUND'}"
    )
    click.echo(broken if verdict is None else _list(verdict))


def _list(verdict: Verdict) -> str:
    """What is said of the list of shipments, which is no part of the record."""
    wrong = [
        f"{count} {what}"
        for count, what in (
            (verdict.duplicated, "events stand in the journal twice"),
            (verdict.differing, "lines say something else"),
            (verdict.missing, "lines are missing"),
        )
        if count
    ]
    said = f"The list of shipments, made from {verdict.events} events of {verdict.roads} roads, "
    if wrong:
        said += (
            f"is not what the journal says: {', '.join(wrong)}. `milepost rebuild` makes it anew"
        )
    else:
        said += "is what the journal says"
    if verdict.behind:
        said += (
            f"; {verdict.behind} lines are not written yet, for they follow the journal by a "
            "moment (a running server writes them, or the next start)"
        )
    return f"{said}. The record above does not rest on it."
