"""`milepost serve`: run the server."""

from __future__ import annotations

from pathlib import Path

import click

from milepost.settings import from_environment


@click.command("serve")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the data [.milepost].")
@click.option("--host", help="Address to listen on [127.0.0.1].")
@click.option("--port", type=int, help="Port to listen on [8000].")
@click.option("--database", help="PostgreSQL URL; embedded in the data folder without one.")
@click.option("--shards", type=int, help="Engine processes, one a core [1].")
@click.option("--commit-stubbed", is_flag=True, default=None, hidden=True)
def serve_command(**given: object) -> None:
    """Run the server until it is interrupted."""
    import uvicorn

    from milepost.wiring import build_app

    settings = from_environment(**given)
    uvicorn.run(
        build_app(settings),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        loop="uvloop",
        http="httptools",
        access_log=False,
        lifespan="on",
    )
