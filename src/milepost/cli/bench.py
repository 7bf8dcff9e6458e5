"""`milepost bench`: how fast it is, measured on this machine."""

from __future__ import annotations

import signal
import sys
from importlib import import_module
from pkgutil import iter_modules

import click

from milepost import bench


class Benches(click.Group):
    """A module `name.py` in `milepost.bench` offers `name_command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = sorted(module.name for module in iter_modules(bench.__path__))
        return [name for name in names if self.get_command(ctx, name) is not None]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in {module.name for module in iter_modules(bench.__path__)}:
            return None
        module = import_module(f"{bench.__name__}.{cmd_name}")
        found = getattr(module, f"{cmd_name}_command", None)
        return found if isinstance(found, click.Command) else None

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except RuntimeError as error:
            raise click.ClickException(str(error)) from error


@click.group("bench", cls=Benches)
def bench_group() -> None:
    """Measure this machine: data goes into a temporary folder, nothing leaves the machine."""
    # So that servers are ended and data is removed when somebody ends us.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
