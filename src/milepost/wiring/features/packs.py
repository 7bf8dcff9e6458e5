"""Evidence packs: what a case, its road, its custody and its evidence say, in one archive."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec

from milepost.api import packs
from milepost.api.custody import Report
from milepost.custody import aboard, archive_of, custody_of, liability_of
from milepost.custody.liability import Problem
from milepost.documents.pack import packed
from milepost.domain.case import Case, Step
from milepost.domain.moment import to_datetime
from milepost.domain.track import Track
from milepost.engine.cases.shown import case_shown, step_shown
from milepost.engine.located import town_of
from milepost.notary.finding import NotFoundError, NotProvableError
from milepost.stores.postgres.cases import PostgresCases
from milepost.web.endpoint import Endpoint
from milepost.wiring.feature import Context, Feature
from milepost.wiring.features.cases import CaseFeature
from milepost.wiring.features.custody import CustodyFeature
from milepost.wiring.features.notary import NotaryFeature
from milepost.wiring.features.personal import PersonalFeature

MOST_PROOFS, MOST_FILES, MOST_FILE_BYTES = 500, 100, 64 * 1024 * 1024
# What a buyer reports, as a question of liability.
_PROBLEMS: dict[str, Problem] = {
    "damage": "damage", "damaged": "damage", "wet": "damage", "opened": "damage",
    "incomplete": "damage", "loss": "loss", "not_received": "loss", "temperature": "temperature",
    "delay": "delay", "late": "delay",
}  # fmt: skip
_SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp",
             "image/svg+xml": "svg", "application/pdf": "pdf", "video/mp4": "mp4"}  # fmt: skip


class PackFeature(Feature):
    def __init__(self, context: Context) -> None:
        self._context = context
        self._cases = PostgresCases(context.pool)

    def endpoints(self) -> Sequence[Endpoint]:
        return packs.endpoints(self)

    async def pack(self, tenant: int, case: int, *, personal: bool) -> bytes | None:
        """See `api.packs.Packs`."""
        row = await self._cases.find(tenant, case)
        if row is None:
            return None
        kept = await self._cases.steps(tenant, case)
        said, steps = row.case, [one.step for one in kept]
        if personal:
            said, steps = await self._context.feature(CaseFeature).desk.verbatim(row, kept)
        files = {"case.json": _json(_case(case, said, steps))}
        queries = self._context.engine.queries
        track = await queries.track(tenant, row.case.number, private=True)
        if track is not None:
            files |= await self._of_road(tenant, row.case, track)
            files |= await self._evidence(tenant, track.number, personal=personal)
            files |= await self._proofs(tenant, track)
        made_at = to_datetime(self._context.now_us(), 0)
        folder = self._context.settings.data
        return await asyncio.to_thread(packed, files, made_at, folder)

    async def _of_road(self, tenant: int, case: Case, track: Track) -> dict[str, bytes]:
        custody = self._context.feature(CustodyFeature)
        nodes = archive_of(track.events, track.carrier)
        carried = await custody.carriages(tenant, track)
        chain = custody_of(nodes, partial(aboard, carriages=carried), town_of)
        found = await custody.anomalies(tenant, track)
        problem = _PROBLEMS.get(str(case.fields.get("problem")), "damage")
        now = to_datetime(self._context.now_us(), 0)
        report = Report(
            number=track.number, shipment=track.shipment, synthetic=track.synthetic,
            liability=liability_of(problem, nodes, chain, found, now), custody=chain,
            anomalies=found,
        )  # fmt: skip
        return {
            "road.json": _json(track), "archive.json": _json(nodes),
            "liability.json": _json(report),
            "liability.pdf": await custody.signed(tenant, track, report),
        }  # fmt: skip

    async def _evidence(self, tenant: int, number: str, *, personal: bool) -> dict[str, bytes]:
        """The list of what there is; the files themselves only for whom they concern."""
        desk = self._context.feature(PersonalFeature).desk
        pieces = await desk.pieces(tenant, number)
        files = {"evidence.json": _json([{**_built(one), "reference": one.reference}
                                         for one in pieces])}  # fmt: skip
        left = MOST_FILE_BYTES
        for piece in pieces[:MOST_FILES] if personal else ():
            opened = await desk.open(tenant, piece.id) if piece.bytes <= left else None
            if opened is not None:
                left -= piece.bytes
                suffix = _SUFFIXES.get(piece.content_type, "bin")
                files[f"evidence/{piece.kind}-{piece.id}.{suffix}"] = opened[2]
        return files

    async def _proofs(self, tenant: int, track: Track) -> dict[str, bytes]:
        notary = self._context.feature(NotaryFeature).notary
        await notary.checkpoint(tenant)
        files = {}
        for event in track.events[:MOST_PROOFS]:
            try:
                proof = await notary.event_proof(tenant, event.id, number=event.number, body=True)
            except (NotFoundError, NotProvableError):
                continue  # of before there was a log
            files[f"proofs/{event.id}.json"] = _json(proof)
        return files


def _case(number: int, case: Case, steps: Sequence[Step]) -> dict[str, Any]:
    return {"id": number, "case": case_shown(case), "steps": list(map(step_shown, steps))}


def _built(value: object) -> Any:
    return msgspec.to_builtins(value)


def _json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=1)


def open_feature(context: Context) -> Feature:
    return PackFeature(context)
