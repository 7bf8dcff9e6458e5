"""`milepost rebuild`: the read model anew from the journal."""

from __future__ import annotations

from pathlib import Path

import click

from milepost.settings import from_environment


@click.command("rebuild")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the data [.milepost].")
@click.option("--database", help="PostgreSQL URL; embedded in the data folder without one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def rebuild_command(as_json: bool, **given: object) -> None:
    """Write the list of shipments anew from the journal. Stop the server first."""
    from milepost.cli._offline import on_store
    from milepost.runners.rebuild import rebuild

    roads = on_store(from_environment(**given), "reading the journal", rebuild)
    click.echo(f'{{"roads": {roads}}}' if as_json else f"{roads} roads rebuilt")
