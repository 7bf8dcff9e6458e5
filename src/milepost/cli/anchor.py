"""`milepost anchor`: take checkpoints to outside witnesses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import click
import msgspec

from milepost.settings import Settings, from_environment

_OPTIONS = (
    click.option("--data", type=click.Path(path_type=Path), help="Folder of the data [.milepost]."),
    click.option("--database", help="PostgreSQL URL; embedded in the data folder without one."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
)


def _store_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.group("anchor")
def anchor_group() -> None:
    """Take checkpoints to outside witnesses: only a hash leaves."""


@anchor_group.command("now")
@_store_options
def now_command(as_json: bool, **given: object) -> None:
    """Sign checkpoints of what has grown, and take the newest of every log to the witnesses."""
    from milepost.notary.anchoring import WitnessError

    try:
        answer = asyncio.run(_now(from_environment(**given)))
    except WitnessError as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(msgspec.json.encode(answer).decode())
    else:
        _print(answer)


@anchor_group.command("key")
@_store_options
def key_command(as_json: bool, **given: object) -> None:
    """Print the verifier key of this data folder, for those who check proofs."""
    from milepost.wiring.witnessing import verifier_key

    key = verifier_key(from_environment(**given))
    click.echo(msgspec.json.encode({"key": key}).decode() if as_json else key)


@anchor_group.command("deploy")
@_store_options
def deploy_command(as_json: bool, **given: object) -> None:
    """Put the contract onto the chain of `anchor_evm_url`, and print its address."""
    from milepost.notary.anchoring import WitnessError
    from milepost.notary.evm import EvmWitness

    one = from_environment(**given)
    if not one.anchor_evm_url:
        raise click.UsageError("MILEPOST_ANCHOR_EVM_URL is not set.")
    try:
        witness = EvmWitness(one.anchor_evm_url, None, one.anchor_evm_key_file)
        address = asyncio.run(witness.deploy())
    except WitnessError as error:
        raise click.ClickException(str(error)) from None
    click.echo(msgspec.json.encode({"contract": address}).decode() if as_json else address)


async def _now(settings: Settings) -> dict[str, object]:
    from milepost.wiring import open_store
    from milepost.wiring.witnessing import anchor_now

    store = await open_store(settings)
    try:
        return await anchor_now(settings, store)
    finally:
        await store.close()


def _print(answer: dict[str, object]) -> None:
    receipts = answer["receipts"]
    assert isinstance(receipts, list)
    if not receipts:
        click.echo("Nothing is new since the last anchoring.")
    for one in receipts:
        click.echo(", ".join(f"{name} {value}" for name, value in one.items() if name != "token"))
