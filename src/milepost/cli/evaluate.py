"""`milepost evaluate`: how well a part of Milepost does on labelled data."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from milepost.cli._foresight import COMMANDS
from milepost.cli.identify import evaluate_identify_command
from milepost.reading.scoring import Report, Score, Wrong, score


@click.group("evaluate")
def evaluate_group() -> None:
    """Measure a part of Milepost on labelled data."""


@evaluate_group.command("reading")
@click.option(
    "--gold",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON lines: text, main, sub and the other fields of docs/reading.md.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--errors", is_flag=True, help="List the rows that were read wrong.")
def evaluate_reading(gold: Path, as_json: bool, errors: bool) -> None:
    """Score the reading of scan texts, by language and by carrier."""
    rows = [msgspec.json.decode(line) for line in gold.read_bytes().splitlines() if line.strip()]
    report = score(rows)
    if as_json:
        click.echo(msgspec.json.encode(_as_dict(report, errors)))
        return
    console = Console()
    for title, scores in _sections(report):
        console.print(_table(title, scores))
    if errors:
        console.print(_wrong_table(report.wrong))


def _sections(report: Report) -> list[tuple[str, dict[str, Score]]]:
    return [
        ("Overall", {"all": report.overall}),
        ("By language", report.by_language),
        ("By carrier", report.by_carrier),
    ]


def _as_dict(report: Report, errors: bool) -> dict[str, object]:
    answer: dict[str, object] = {
        "overall": report.overall.shares(),
        "by_language": {name: item.shares() for name, item in report.by_language.items()},
        "by_carrier": {name: item.shares() for name, item in report.by_carrier.items()},
    }
    if errors:
        answer["errors"] = report.wrong
    return answer


def _table(title: str, scores: dict[str, Score]) -> Table:
    table = Table(title=title, title_justify="left", box=None, header_style="bold")
    table.add_column("", no_wrap=True)
    for column in Score().shares():
        table.add_column(column.replace("_", " "), justify="right")
    for name, item in sorted(scores.items(), key=lambda pair: -pair[1].n):
        table.add_row(name, *(_cell(value) for value in item.shares().values()))
    return table


def _cell(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.1%}" if isinstance(value, float) else str(value)


def _wrong_table(wrong: list[Wrong]) -> Table:
    table = Table(title="Read wrong", title_justify="left", box=None, header_style="bold")
    for column in ("What", "Text", "Expected", "Got", "Rule"):
        table.add_column(column, overflow="fold")
    for item in wrong:
        cells = (item.what, item.text, item.expected, item.got, item.rule or "")
        table.add_row(*(click.unstyle(cell).replace("[", r"\[") for cell in cells))
    return table


evaluate_group.add_command(evaluate_identify_command)
for command in COMMANDS:
    evaluate_group.add_command(command)
