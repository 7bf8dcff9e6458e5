"""The `milepost` command. One file a command, found by being here and loaded when used."""

from __future__ import annotations

from importlib import import_module
from keyword import iskeyword
from pkgutil import iter_modules

import click


class Commands(click.Group):
    """A module `name.py` in this folder offers `name_command` or `name_group`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = (module.name for module in iter_modules(__path__))
        return sorted(name.rstrip("_") for name in names if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        # `import` is a word of Python's own, so its file has an underscore more.
        module = import_module(f"{__name__}.{cmd_name}{'_' if iskeyword(cmd_name) else ''}")
        for suffix in ("command", "group"):
            found = getattr(module, f"{cmd_name}_{suffix}", None)
            if isinstance(found, click.Command):
                return found
        return None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="milepost")
def main() -> None:
    """Milepost: self-hosted shipment tracking. One number shows the whole road."""
