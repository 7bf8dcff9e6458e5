"""`milepost serve`: run the server."""

from __future__ import annotations

from pathlib import Path

import click

from milepost.settings import Settings, from_environment


@click.command("serve")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the data [.milepost].")
@click.option("--host", help="Address to listen on [127.0.0.1].")
@click.option("--port", type=int, help="Port to listen on [8000].")
@click.option("--database", help="PostgreSQL URL; embedded in the data folder without one.")
@click.option("--shards", type=int, help="Engine processes, one a core [1].")
@click.option("--commit-stubbed", is_flag=True, default=None, hidden=True)
def serve_command(**given: object) -> None:
    """Run the server until it is interrupted."""
    settings = from_environment(**given)
    if settings.shards > 1 and settings.shard is None:
        _parent(settings)
    else:
        _serve(settings)


def _parent(settings: Settings) -> None:
    from milepost.runners.family import Family
    from milepost.wiring import open_database
    from milepost.wiring.sole import sole_parent

    database = open_database(settings)
    environment = {
        "MILEPOST_DATA": str(settings.data),
        "MILEPOST_HOST": settings.host,
        "MILEPOST_PORT": str(settings.port),
        "MILEPOST_COMMIT_STUBBED": str(int(settings.commit_stubbed)),
    }
    with sole_parent(settings):
        try:
            Family(settings.shards, environment, database.ensure).run()
        finally:
            database.stop()


def _serve(settings: Settings) -> None:
    from milepost.wiring import build_app
    from milepost.wiring.process import serve

    serve(build_app(settings), settings)
