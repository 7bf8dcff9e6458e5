"""`milepost evaluate eta|risk|legs|scms`: foresight on real data, under the label clock."""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from milepost.eta.facts import Road

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_EPOCH = date(1970, 1, 1).toordinal()
_HINT = "this needs the extra: pip install 'milepost[foresight]'"


def read_rows(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV, plain or compressed by gzip, UTF-8 with or without a mark."""
    with path.open("rb") as probe:
        packed = probe.read(2) == b"\x1f\x8b"
    with gzip.open(path, "rb") if packed else path.open("rb") as raw:
        text = TextIOWrapper(raw, "utf-8-sig", errors="replace", newline="")
        return list(csv.DictReader(text))


@contextmanager
def foresight(what: str) -> Iterator[Callable[[str], None]]:
    """Progress on standard error, and errors as people can read them."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task(what, total=None)
            yield lambda now: progress.update(task, description=f"{what}: {now}")
    except ModuleNotFoundError as error:
        if error.name not in {"numpy", "lightgbm", "onnx", "onnxruntime"}:
            raise
        raise click.ClickException(_HINT) from error
    except (ValueError, csv.Error, EOFError, OSError) as error:
        raise click.ClickException(str(error)) from error


def show(title: str, figures: dict[str, Any], *, as_json: bool) -> None:
    """One JSON object, or a table."""
    if as_json:
        click.echo(msgspec.json.encode(figures))
        return
    table = Table("figure", "value", title=title, title_justify="left", box=None)
    for name, value in _flat(figures, ""):
        table.add_row(name, str(value))
    Console().print(table)


def _flat(values: dict[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def workdays(country: str, first: date, last: date) -> list[bool]:
    """Whether each day since 1970-01-01 until `last` is one; weekends alone before `first`."""
    from milepost.eta.calendars import is_working_day

    days = range(_EPOCH, last.toordinal() + 1)
    known = first.toordinal()
    return [
        is_working_day(country if day >= known else None, date.fromordinal(day)) for day in days
    ]


@click.command("eta")
@click.option("--orders", "path", required=True, type=FILE, help="CSV of orders, see the docs.")
@click.option("--from", "begin", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Day.")
@click.option(
    "--at", "moments", multiple=True, default=("purchase",), show_default=True,
    type=click.Choice(["purchase", "approval", "handover"]), help="When the quote is made.",
)  # fmt: skip
@click.option(
    "--predictor", default="boosted", show_default=True, type=click.Choice(["boosted", "table"]),
    help="Trained trees, or the table that needs no extra.",
)  # fmt: skip
@click.option("--country", default="BR", show_default=True, help="Whose holidays count.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def evaluate_eta(
    path: Path, begin: datetime, moments: tuple[str, ...], predictor: str, country: str,
    as_json: bool,
) -> None:  # fmt: skip
    """Monthly walk-forward over orders, of which those from the day on count.

    The head figures are those of the first moment.
    """
    with foresight("walking forward") as tick:
        found = _walked(path, begin.date(), moments, predictor, country, tick)
    show("Arrival", found, as_json=as_json)


def _walked(
    path: Path, begin: date, moments: tuple[str, ...], predictor: str, country: str,
    tick: Callable[[str], None],
) -> dict[str, Any]:  # fmt: skip
    import numpy as np

    from milepost.eta.judge.as_roads import table_quotes
    from milepost.eta.judge.orders import read_orders
    from milepost.eta.judge.report import figures, opponents
    from milepost.eta.judge.walk import walk

    orders = read_orders(read_rows(path))
    if not len(orders):
        raise ValueError(
            f"no usable order among {orders.refused} rows: order_id, ordered_at and delivered_at "
            "are needed"
        )
    month, first = f"{begin:%Y-%m}", begin.toordinal() - _EPOCH
    years = [date.fromordinal(int(day) + _EPOCH).year for day in orders.ordered[[0, -1]]]
    calendar = np.array(workdays(country, date(years[0], 1, 1), date(years[1] + 1, 12, 31)))
    answers: dict[str, dict[str, Any]] = {}
    for moment in moments if predictor == "boosted" else ("purchase",):
        tick(moment)
        if predictor == "boosted":
            quotes = walk(orders, month, calendar, moment=moment, tick=tick)
        else:
            quotes = table_quotes(orders, month, country, tick)
        quotes = replace(quotes, tested=quotes.tested & (orders.ordered >= first))
        answers[moment] = figures(orders, quotes) | {"opponents": opponents(orders, quotes)}
    chosen, *more = answers
    head = {
        "from": begin.isoformat(), "at": chosen, "predictor": predictor,
        "refused": orders.refused, "repeated": orders.repeated,
    }  # fmt: skip
    return head | answers[chosen] | {f"at_{moment}": answers[moment] for moment in more}


@click.command("risk")
@click.option("--processes", "path", required=True, type=FILE, help="CSV in the C2K layout.")
@click.option("--lstm", is_flag=True, hidden=True, help="It is always judged by now.")
@click.option("--seeds", type=click.IntRange(0, 20), default=0, help="Random splits besides.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def evaluate_risk(path: Path, lstm: bool, seeds: int, as_json: bool) -> None:
    """Odds that a plan is broken: trained on the first 70 % in file order, tested on the rest.

    Trees and an LSTM, each alone and blended; takes some minutes.
    """
    single_threaded()
    with foresight("training") as tick:
        from milepost.eta.judge.processes import evaluate_processes, evaluate_shuffled

        rows = read_rows(path)
        found = evaluate_processes(rows, tick=tick)
        if seeds:
            found["random_splits"] = evaluate_shuffled(rows, seeds, tick)
    show("Risk", found, as_json=as_json)


def single_threaded() -> None:
    """Steps are small: threads that wait for each other cost ten times what they bring."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@click.command("underway")
@click.option("--roads", "roads_file", type=FILE, help="JSON lines of roads, see the docs.")
@click.option("--orders", type=FILE, help="CSV of orders, see the docs.")
@click.option("--from", "begin", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Day.")
@click.option("--country", default="BR", show_default=True, help="Country of the orders.")
@click.option("--lstm/--no-lstm", default=True, help="The LSTM takes most of the time.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def evaluate_underway_command(
    roads_file: Path | None, orders: Path | None, begin: datetime, country: str, lstm: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Who is nearest after a scan: the table, trees or the LSTM. Trained anew every month."""
    single_threaded()
    with foresight("walking forward") as tick:
        from milepost.eta.judge.underway import evaluate_underway

        if orders is not None:
            roads = roads_of_orders(orders, country)
        elif roads_file is not None:
            roads = roads_of_lines(roads_file)
        else:
            raise click.UsageError("--roads or --orders is needed")
        from_us = int(begin.replace(tzinfo=UTC).timestamp()) * 1_000_000
        found = evaluate_underway(roads, from_us, tick, with_lstm=lstm)
    show("Under way", found, as_json=as_json)


def roads_of_orders(path: Path, country: str) -> list[Road]:
    """Orders of a CSV as roads."""
    from milepost.eta.judge.as_roads import roads
    from milepost.eta.judge.orders import read_orders

    return roads(read_orders(read_rows(path)), country)


def roads_of_lines(path: Path) -> list[Road]:
    """One road a line; a line that is none is left out."""
    found = []
    for line in path.read_bytes().splitlines():
        try:
            found.append(msgspec.json.decode(line, type=Road))
        except msgspec.DecodeError:
            continue
    return found


@click.command("legs")
@click.option("--legs", "path", required=True, type=FILE, help="CSV of line-haul legs.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def evaluate_legs_command(path: Path, as_json: bool) -> None:
    """Minutes of line-haul legs from the corridor table alone."""
    with foresight("driving"):
        from milepost.eta.judge.legs import evaluate_legs

        found = evaluate_legs(read_rows(path))
    show("Legs", found, as_json=as_json)


@click.command("scms")
@click.option("--shipments", "path", required=True, type=FILE, help="CSV of SCMS deliveries.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def evaluate_scms_command(path: Path, as_json: bool) -> None:
    """Odds of lateness of cross-border shipments, by time split."""
    with foresight("training"):
        from milepost.eta.judge.scms import evaluate_scms

        found = evaluate_scms(read_rows(path))
    show("Cross-border", found, as_json=as_json)


COMMANDS = (
    evaluate_eta, evaluate_risk, evaluate_underway_command, evaluate_legs_command,
    evaluate_scms_command,
)  # fmt: skip
