"""`milepost verify`: does the read model say what the journal says?"""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from milepost.settings import from_environment


@click.command("verify")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the data [.milepost].")
@click.option("--database", help="PostgreSQL URL; embedded in the data folder without one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify_command(as_json: bool, **given: object) -> None:
    """Fold the whole journal and hold it against the list of shipments.

    Run it with the server stopped: a running one writes its list a moment behind.
    """
    from milepost.cli._offline import on_store
    from milepost.runners.rebuild import verify

    verdict = on_store(from_environment(**given), "reading the journal", verify)
    if as_json:
        click.echo(msgspec.json.encode(verdict._asdict()).decode())
    else:
        click.echo(
            f"{verdict.events} events, {verdict.roads} roads: {verdict.duplicated} events twice, "
            f"{verdict.differing} lines differ, {verdict.missing} are missing"
        )
    if verdict.duplicated or verdict.differing or verdict.missing:
        raise SystemExit(1)
