"""Checkpoints and witnesses as the command line needs them, beside a server or without one."""

from __future__ import annotations

from milepost.notary.anchoring import Anchors, Witness, WitnessError
from milepost.notary.evm import EvmWitness
from milepost.notary.keys import KEY_FILE, SigningKey, open_key
from milepost.notary.office import Notary
from milepost.notary.tsa import TsaWitness
from milepost.runners.inline import clock_us
from milepost.settings import Settings
from milepost.stores.postgres.notary import PostgresNotary
from milepost.stores.sealer import open_sealer
from milepost.wiring.archived import ArchivedJournal
from milepost.wiring.dialects import KEY_FILE as MASTER_KEY
from milepost.wiring.store import Store


def witnesses(settings: Settings) -> list[Witness]:
    """Those that the settings name."""
    found: list[Witness] = []
    if settings.anchor_tsa_url:
        found.append(TsaWitness(settings.anchor_tsa_url, settings.anchor_tsa_ca))
    if settings.anchor_evm_url:
        found.append(
            EvmWitness(
                settings.anchor_evm_url,
                settings.anchor_evm_contract,
                settings.anchor_evm_key_file,
            )
        )
    return found


def signing_key(settings: Settings) -> SigningKey:
    """The key in the data folder, made if need be."""
    return open_key(settings.data / KEY_FILE, open_sealer(settings.data / MASTER_KEY))


def verifier_key(settings: Settings) -> str:
    return signing_key(settings).public.text()


async def anchor_now(settings: Settings, store: Store) -> dict[str, object]:
    """Sign what has grown and anchor it. Raises WitnessError."""
    known = witnesses(settings)
    if not known:
        raise WitnessError("no witness is set: MILEPOST_ANCHOR_TSA_URL or MILEPOST_ANCHOR_EVM_URL")
    notary = PostgresNotary(store.pool)
    archive = ArchivedJournal(settings.data / "history")
    office = Notary(notary, archive, store.linker, signing_key(settings), clock_us)
    try:
        made = await office.checkpoint()
        row = await Anchors(notary, known, clock_us).anchor()
    finally:
        archive.close()
    return {
        "checkpoints": len(made),
        "root": None if row is None else row.root.hex(),
        "receipts": [] if row is None else row.receipts,
    }
