"""`milepost train`: a model of arrival from delivered orders; kept with its scores, rolled back."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from milepost.cli._foresight import FILE, foresight, read_rows, show
from milepost.eta.facts import Road
from milepost.eta.models import Manifest, ModelStore
from milepost.eta.training import Trained, train
from milepost.settings import from_environment


@click.command("train")
@click.option("--orders", type=FILE, help="CSV of orders, see docs/foresight.md.")
@click.option("--roads", "roads_file", type=FILE, help="JSON lines of roads, see the docs.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the data [.milepost].")
@click.option("--country", default="", help="Country of the orders, for holidays.")
@click.option("--force", is_flag=True, help="Use it even where the table is nearer.")
@click.option("--rollback", is_flag=True, help="Use the model before the current one.")
@click.option("--list", "listing", is_flag=True, help="List the models.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def train_command(
    orders: Path | None, roads_file: Path | None, data: Path | None, country: str, force: bool,
    rollback: bool, listing: bool, as_json: bool,
) -> None:  # fmt: skip
    """Train a model, or list and roll back models. It is used where it beats the table."""
    store = ModelStore(from_environment(data=data).data / "models")
    if listing:
        _list(store, as_json)
    elif rollback:
        _roll_back(store, as_json)
    else:
        _train(store, orders, roads_file, country, force, as_json)


def _train(
    store: ModelStore, orders: Path | None, roads_file: Path | None, country: str, force: bool,
    as_json: bool,
) -> None:  # fmt: skip
    source = orders or roads_file
    if source is None:
        raise click.UsageError("name --orders or --roads")
    with foresight("training") as tick:
        found = _roads_of_orders(source, country) if orders else _roads(source)
        trained = train(found, tick)
        used = trained.better or force
        manifest = _kept(store, trained, source, used)
    answer = _told(manifest) | {"used": used}
    if not used:
        answer["reason"] = "the table was nearer on the last roads"
    show("Model", answer, as_json=as_json)


def _kept(store: ModelStore, trained: Trained, source: Path, used: bool) -> Manifest:
    command = f"milepost train {source.name}"
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
