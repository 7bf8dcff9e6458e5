"""`milepost identify`: which carrier gave this number?"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table

from milepost.identify import Identification, identify
from milepost.identify.evaluation import evaluate, read_cases


@click.command("identify")
@click.argument("numbers", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--country", help="ISO code of a country the parcel comes from or goes to.")
def identify_command(numbers: tuple[str, ...], as_json: bool, country: str | None) -> None:
    """Name the carriers that may have given NUMBERS, the likeliest first.

    With `-` the numbers are read from standard input: a JSON object {"number": …} a line, or a
    bare number a line.
    """
    console = Console()
    for number in _given(numbers):
        seen = identify(number, country=country)
        if as_json:
            click.echo(json.dumps(_as_json(seen), ensure_ascii=False))
        elif seen.candidates:
            console.print(_as_table(seen))
        else:
            console.print("; ".join((seen.number, *seen.problems)), highlight=False, markup=False)


@click.command("identify")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def evaluate_identify_command(path: Path, as_json: bool) -> None:
    """Judge the identification on the cases of PATH (JSON) and on random digit strings."""
    figures = evaluate(read_cases(json.loads(path.read_text("utf-8")), COURIERS))
    if as_json:
        click.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        click.echo(f"{name:16} {value:.4f}" if isinstance(value, float) else f"{name:16} {value}")


# Couriers whose name in case files is not our slug.
COURIERS: dict[str, tuple[str, ...]] = {
    "China Post/EMS": ("china-post", "ems"),
    "J&T": ("jt",),
    "J&T (ex-Best)": ("jt",),
    "Best(HTKY)": ("best",),
    "ZTO freight": ("zto",),
    "4PX": ("4px",),
}


def _given(numbers: tuple[str, ...]) -> Iterable[str]:
    return _read_lines(sys.stdin.buffer) if numbers == ("-",) else numbers


def _read_lines(stream: Iterable[bytes]) -> Iterator[str]:
    for raw in stream:
        if line := raw.decode("utf-8", "replace").strip():
            yield _number_of(line)


def _number_of(line: str) -> str:
    """A line that is no JSON object with a number is a number itself."""
    try:
        row = msgspec.json.decode(line)
    except msgspec.DecodeError:
        return line
    return str(row.get("number") or "") if isinstance(row, dict) else line


def _as_json(seen: Identification) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(seen)
    if not row["problems"]:
        del row["problems"]
    return row


def _as_table(seen: Identification) -> Table:
    note = " (ambiguous)" if seen.ambiguous else ""
    title = "; ".join((f"{seen.number}{note}", *seen.problems))
    table = Table("carrier", "format", "probability", "check digit", "business", title=title)
    for one in seen.candidates:
        check, business = one.checksum or "none", one.business_type or ""
        table.add_row(one.carrier, one.format, f"{one.probability:.1%}", check, business)
    return table
