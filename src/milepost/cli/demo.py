"""`milepost demo`: a living synthetic network on a server of its own."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import click

from milepost.settings import from_environment


@click.command("demo")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the demo's data.")
@click.option("--port", type=int, help="Port to listen on [8000].")
@click.option("--shipments", default=300, show_default=True, help="How many shipments.")
@click.option("--speed", default=600.0, show_default=True, help="Demo seconds in a real second.")
@click.option("--seconds", type=float, help="End by itself after so many seconds.")
@click.option("--seed", default=7, show_default=True, help="Another seed, another network.")
def demo_command(
    data: Path | None, port: int | None, shipments: int, speed: float, seconds: float | None,
    seed: int,
) -> None:  # fmt: skip
    """Show Milepost at work: synthetic shipments, played in accelerated time.

    The demo starts afresh each time; its folder is emptied first.
    """
    from milepost.cli._demo import Demo
    from milepost.wiring.process import listen

    folder = data or Path(".milepost/demo")
    settings = from_environment(data=folder, port=port)
    listen(settings).close()  # before a demo that runs loses its folder
    _empty(folder)
    asyncio.run(Demo(settings, shipments, speed, seed).run(seconds))


def _empty(folder: Path) -> None:
    """Only what a demo made is removed."""
    marker = folder / ".milepost-demo"
    if folder.exists() and any(folder.iterdir()) and not marker.exists():
        raise click.ClickException(f"{folder} is not empty and holds no demo; name another folder.")
    if folder.exists():
        from milepost.stores.postgres.embedded import stop_leftover

        stop_leftover(folder / "postgres")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    marker.touch()
