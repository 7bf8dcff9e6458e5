"""How a bench command speaks: progress while it runs, then a table or one JSON object."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table


class Steps:
    """Progress of a run in steps, each with a word on what is being done now."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task = progress, task

    def say(self, what: str) -> None:
        """Name what begins now."""
        self._progress.update(self._task, description=what)

    def done(self, what: str | None = None) -> None:
        """A step is done; `what` begins."""
        self._progress.advance(self._task)
        if what is not None:
            self.say(what)


@contextmanager
def steps(total: int) -> Iterator[Steps]:
    """Show progress over `total` steps on standard error."""
    columns = (
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield Steps(progress, progress.add_task("starting", total=total))


def show(title: str, figures: msgspec.Struct, *, as_json: bool) -> None:
    """The figures: a table for people, or one JSON object on the last line."""
    if as_json:
        click.echo(msgspec.json.encode(figures).decode())
        return
    table = Table("figure", "value", title=title)
    for name, value in _flat(msgspec.to_builtins(figures)):
        table.add_row(name, value)
    Console().print(table)


def _flat(values: dict[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield above + name, f"{value:,}" if isinstance(value, int | float) else str(value)


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def middle(values: Sequence[float], digits: int = 2) -> float:
    """The median, rounded."""
    return round(median(values), digits)
