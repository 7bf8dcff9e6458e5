"""`milepost train`: a model of arrival from delivered orders; kept with its scores, rolled back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import click

from milepost.cli._foresight import (
    FILE,
    foresight,
    roads_of_lines,
    roads_of_orders,
    show,
    single_threaded,
)
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
@click.option(
    "--after-scans", default="best", show_default=True,
    type=click.Choice(["best", "boosted", "lstm", "table"]),
    help="Who speaks after the first scan: who beat the table there, or the one named.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Use it even where the table is nearer.")
@click.option("--rollback", is_flag=True, help="Use the model before the current one.")
@click.option("--list", "listing", is_flag=True, help="List the models.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def train_command(
    orders: Path | None, roads_file: Path | None, data: Path | None, database: str | None,
    tenant: str | None, country: str, after_scans: str, force: bool, rollback: bool,
    listing: bool, as_json: bool,
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
        _train(store, source, after_scans, force, as_json)


class _Source(NamedTuple):
    """Where roads come from, with the name that is kept with the model."""

    name: str
    read: Callable[[Callable[[str], None]], list[Road]]


def _source(orders: Path | None, roads_file: Path | None, country: str) -> _Source | None:
    """The file named; None: the store."""
    if orders is not None:
        path = orders
        return _Source(path.name, lambda _: roads_of_orders(path, country))
    if roads_file is not None:
        lines = roads_file
        return _Source(lines.name, lambda _: roads_of_lines(lines))
    return None


def _train(
    store: ModelStore, source: _Source, after_scans: str, force: bool, as_json: bool
) -> None:  # fmt: skip
    with_lstm = after_scans == "lstm" or (after_scans == "best" and find_spec("onnx") is not None)
    single_threaded()
    with foresight("training") as tick:
        trained = train(source.read(tick), tick, with_lstm=with_lstm)
        speaks = _speaking(trained, after_scans, force)
        manifest = _kept(store, trained, source.name, speaks)
    answer = _told(manifest) | {"used": bool(speaks)}
    if not speaks:
        answer["reason"] = "the table was nearer on the last roads"
    show("Model", answer, as_json=as_json)


def _speaking(trained: Trained, after_scans: str, force: bool) -> tuple[str, ...]:
    """The parts that are used from now on. Who is named speaks, however good it is."""
    chosen = trained.made if force else trained.speaks
    if after_scans == "best":
        return chosen
    named = f"{after_scans}_after_scans"
    before = [name for name in chosen if name == "boosted"]
    return (*before, named) if named in trained.made else tuple(before)


def _kept(
    store: ModelStore, trained: Trained, source: str, speaks: tuple[str, ...]
) -> Manifest:  # fmt: skip
    command = f"milepost train {source}"
    manifest = store.save(
        trained, command=command, made_us=time.time_ns() // 1_000, speaks=speaks
    )  # fmt: skip
    if speaks:
        store.use(manifest.version)
    return manifest


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
        "scores": manifest.scores, "speaks": manifest.speaks,
    }  # fmt: skip


def _day(moment_us: int) -> str:
    return datetime.fromtimestamp(moment_us / 1e6, UTC).date().isoformat()
