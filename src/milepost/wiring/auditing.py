"""The audit of a data folder: what `milepost verify` runs, beside a server or without one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from milepost.domain.marks import marks_of
from milepost.domain.scan import id_text
from milepost.engine.proving import LogRow
from milepost.notary.audit import Audit
from milepost.notary.faults import Fault, Kind, Report
from milepost.notary.keys import KEY_FILE, PublicKey, open_key
from milepost.notary.office import origin_of
from milepost.notary.scope import Scope
from milepost.settings import Settings
from milepost.stores.history import History
from milepost.stores.postgres.beside import Beside
from milepost.stores.postgres.notary import PostgresNotary
from milepost.stores.sealer import open_sealer
from milepost.wiring.archived import ArchivedJournal
from milepost.wiring.dialects import KEY_FILE as MASTER_KEY
from milepost.wiring.store import Store

MOST_NAMED = 20
DAY_US = 86_400_000_000


async def audit(
    settings: Settings,
    store: Store,
    progress: Callable[[int], None],
    *,
    notes: Sequence[tuple[str, str]] = (),
    key: PublicKey | None = None,
) -> Report:
    """Hold everything against the logs. Nothing is changed. `notes`: checkpoints kept elsewhere,
    with the names of their files; `key`: the one that is trusted in place of the folder's own.
    """
    notary = PostgresNotary(store.pool)
    installation = store.linker.installation
    # First: a running server puts a checkpoint into its table before it names it in the files.
    newest = {
        log.key: note
        for log in await notary.logs()
        if (note := store.linker.folders.of(log.key, log.suite).newest_note) is not None
    }
    async with notary.snapshot() as taken:
        scope = Scope(
            logs=await notary.logs(),
            folders=store.linker.folders,
            sealed=ArchivedJournal(settings.data / "history").parts(),
            commits_before=installation.commits_before,
            kept_from_us=_kept_from_us(settings),
            key=key or _key(settings),
            origin=lambda log: origin_of(installation, log),
            notes=notes,
            newest=newest,
        )
        run = Audit(scope, progress)
        report = await run.run(taken)
    await _beside(settings, store, run.named, report)
    report.faults = await _named(store, scope.logs, report.faults)
    return report


async def _beside(
    settings: Settings, store: Store, named: Mapping[str, tuple[int, int]], report: Report
) -> None:
    """What the log does not hold is held against its own seals, where their key is at hand."""
    master = settings.data / MASTER_KEY
    if not master.exists():
        return
    beside = Beside(store.pool, open_sealer(master), settings.data / "evidence")
    async for one in beside.faults(named):
        kind: Kind = "steps" if one.where == "case_step" else "sealed"
        if one.removed:
            kind = "removed"
        report.add(Fault(kind=kind, where=one.where, tenant=one.tenant, detail=one.detail))
    report.order()


def _key(settings: Settings) -> PublicKey | None:
    """The key that signs here; None where no server has signed yet."""
    path = settings.data / KEY_FILE
    if not path.exists():
        return None
    return open_key(path, open_sealer(settings.data / MASTER_KEY)).public


def _kept_from_us(settings: Settings) -> int:
    """Sealed days before this have been dropped, as the history itself says."""
    folder = settings.data / "history"
    if not folder.exists():
        return 0
    return (History(folder).first_day - date(1970, 1, 1)).days * DAY_US


async def _named(store: Store, logs: Sequence[LogRow], faults: Sequence[Fault]) -> list[Fault]:
    """Of what was removed, the files of the log may still know which event it was."""
    by_key: dict[tuple[int | None, ...], LogRow] = {tuple(log.key): log for log in logs}
    found = []
    for place, fault in enumerate(faults):
        log = by_key.get((fault.tenant, fault.shard))
        if fault.kind == "removed" and log is not None and place < MOST_NAMED:
            found.append(await _remembered(store, log, fault))
        else:
            found.append(fault)
    return found


async def _remembered(store: Store, log: LogRow, fault: Fault) -> Fault:
    folder = store.linker.folders.of(log.key, log.suite)
    record = folder.events.record(fault.index or 0)
    if record is None:
        return fault
    half, parcel = record
    links = {link.parcel: link.road for link in await store.ledger.links()}
    road = links.get(parcel, parcel)
    row = await store.ledger.shipment(log.key.tenant, road)
    if row is None:
        return fault
    events = [mark.fingerprint for mark in marks_of(row.state)]
    known = [one for one in events if one & 0xFFFFFFFF == half]
    return replace(fault, number=row.number, event=id_text(known[0]) if known else None)
