"""The `milepost` command. One file a command, found by being here and loaded when used."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import click


class Commands(click.Group):
    """A module `name.py` in this folder offers `name_command` or `name_group`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(m.name for m in iter_modules(__path__) if not m.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = import_module(f"{__name__}.{cmd_name}")
        for suffix in ("command", "group"):
            found = getattr(module, f"{cmd_name}_{suffix}", None)
            if isinstance(found, click.Command):
                return found
        return None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="milepost")
def main() -> None:
    """Milepost: self-hosted shipment tracking. One number shows the whole road."""
