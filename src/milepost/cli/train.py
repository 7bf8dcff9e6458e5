"""`milepost train`: a model of arrival from delivered orders; kept with its scores, rolled back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import click
import msgspec

from milepost.cli._foresight import FILE, foresight, read_rows, show
from milepost.cli._lessons import stored_roads
from milepost.eta.facts import Road
from milepost.eta.models import Manifest, ModelStore
from milepost.eta.training import Trained, train
from milepost.settings import from_environment


@click.command("train")
@click.option("--orders", type=FILE, help="CSV of orders, see docs/foresight.md.")
@click.option("--roads", "roads_file", type=FILE, help="JSON lines of roads, see the docs.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the data [.milepost].")
@click.option("--database", help="PostgreSQL URL; embedded in the data folder without one.")
@click.option("--tenant", help="Whose delivered roads, where no file is named [the most].")
@click.option("--country", default="", help="Country of the orders, for holidays.")
@click.option("--force", is_flag=True, help="Use it even where the table is nearer.")
@click.option("--rollback", is_flag=True, help="Use the model before the current one.")
@click.option("--list", "listing", is_flag=True, help="List the models.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def train_command(
    orders: Path | None, roads_file: Path | None, data: Path | None, database: str | None,
    tenant: str | None, country: str, force: bool, rollback: bool, listing: bool, as_json: bool,
) -> None:  # fmt: skip
    """Train a model, or list and roll back models. It is used where it beats the table.

    Without --orders and --roads it learns from the delivered roads of the data folder's store,
    also while a server runs on it; the server swaps to the new model by itself.
    """
    settings = from_environment(data=data, database=database)
    store = ModelStore(settings.data / "models")
    if listing:
        _list(store, as_json)
    elif rollback:
        _roll_back(store, as_json)
    else:
        source = _source(orders, roads_file, country) or _Source(
            "delivered roads", lambda tick: asyncio.run(stored_roads(settings, tenant, tick))
        )
        _train(store, source, force, as_json)


class _Source(NamedTuple):
    """Where roads come from, with the name that is kept with the model."""

    name: str
    read: Callable[[Callable[[str], None]], list[Road]]


def _source(orders: Path | None, roads_file: Path | None, country: str) -> _Source | None:
    """The file named; None: the store."""
    if orders is not None:
        path = orders
        return _Source(path.name, lambda _: _roads_of_orders(path, country))
    if roads_file is not None:
        lines = roads_file
        return _Source(lines.name, lambda _: _roads(lines))
    return None


def _train(store: ModelStore, source: _Source, force: bool, as_json: bool) -> None:
    with foresight("training") as tick:
        trained = train(source.read(tick), tick)
        used = trained.better or force
        manifest = _kept(store, trained, source.name, used)
    answer = _told(manifest) | {"used": used}
    if not used:
        answer["reason"] = "the table was nearer on the last roads"
    show("Model", answer, as_json=as_json)


def _kept(store: ModelStore, trained: Trained, source: str, used: bool) -> Manifest:
    command = f"milepost train {source}"
    manifest = store.save(trained, command=command, made_us=time.time_ns() // 1_000)
    if used:
        store.use(manifest.version)
    return manifest


def _roads_of_orders(path: Path, country: str) -> list[Road]:
    from milepost.eta.judge.as_roads import roads
    from milepost.eta.judge.orders import read_orders

    return roads(read_orders(read_rows(path)), country)


def _roads(path: Path) -> list[Road]:
    """One road a line; a line that is none is left out."""
    found = []
    for line in path.read_bytes().splitlines():
        try:
            found.append(msgspec.json.decode(line, type=Road))
        except msgspec.DecodeError:
            continue
    return found


def _list(store: ModelStore, as_json: bool) -> None:
    models = {manifest.version: _told(manifest) for manifest in store.list()}
    show("Models", {"current": store.current, "models": models}, as_json=as_json)


def _roll_back(store: ModelStore, as_json: bool) -> None:
    try:
        version = store.roll_back()
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    show("Model", {"current": version}, as_json=as_json)


def _told(manifest: Manifest) -> dict[str, object]:
    return {
        "version": manifest.version, "roads": manifest.roads, "command": manifest.command,
        "from": _day(manifest.first_us), "until": _day(manifest.last_us),
        "scores": manifest.scores,
    }  # fmt: skip


def _day(moment_us: int) -> str:
    return datetime.fromtimestamp(moment_us / 1e6, UTC).date().isoformat()
