"""Sends an imported file's rows to the native API, batch by batch; behind refused ones, on."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from milepost.pages.console.native import Answer, Native, Who
from milepost.pages.console.tables import Tables
from milepost.stores.postgres.console.imports import ImportJob, Imports

BATCH = 500
MOST_REFUSED = 100_000
Item = tuple[dict[str, Any], dict[str, Any] | str]
Pair = tuple[dict[str, Any], dict[str, Any]]
Refused = tuple[dict[str, Any], str]
_refused = msgspec.json.Decoder(Refused).decode


async def run(imports: Imports, native: Native, tables: Tables, job: ImportJob) -> None:
    """The whole file, or what is left of it after a crash: what was sent when that came is sent
    again, and taken for what it is.
    """
    content = await imports.content(job.id)
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"file{Path(job.name).suffix.lower()}"
        file.write_bytes(content)
        sending = Sending(native, job, await imports.refused_so_far(job.id))
        items = islice(tables.read_items(file, job.columns or None), job.rows, None)
        try:
            if "total" not in sending.counts:
                sending.counts["total"] = await asyncio.to_thread(_rows, tables, file)
            await imports.beat(job.id, sending.rows, sending.counts)
            while batch := await asyncio.to_thread(_batch, items):
                known = len(sending.refused)
                await sending.send(batch)
                fresh = _lines(sending.refused[known:])
                await imports.beat(job.id, sending.rows, sending.counts, fresh)
        except (ValueError, csv.Error) as error:
            sending.refuse({}, f"the file cannot be read on: {error}")
    state = "done" if sending.counts["failed"] == 0 else "failed"
    await imports.finish(job.id, state, written(sending.refused))


def _lines(refused: Sequence[Refused]) -> str:
    return "".join(f"{msgspec.json.encode(one).decode()}\n" for one in refused)


def _rows(tables: Tables, file: Path) -> int:
    """So that progress can be told."""
    return sum(1 for _ in tables.rows_of(file))


def _batch(items: Iterator[Item]) -> list[Item]:
    return list(islice(items, BATCH))


class Sending:
    """What has been sent, and what was refused; `before`: by whoever sent the rows before."""

    def __init__(self, native: Native, job: ImportJob, before: str = "") -> None:
        self._native = native
        self._who = Who(job.tenant, job.user, job.actor, writes=True)
        self._promised_at = job.created_at.isoformat()
        self.rows = job.rows
        self.counts = {"scans": 0, "duplicates": 0, "shipments": 0, "refused": 0, "failed": 0}
        self.counts |= job.counts
        self.refused = [_refused(line) for line in before.split("\n") if line]

    async def send(self, batch: Sequence[Item]) -> None:
        self.rows += len(batch)
        scans: list[Pair] = []
        shipments: list[Pair] = []
        for row, item in batch:
            if isinstance(item, str):
                self.refuse(row, item)
            else:
                (scans if "occurred_at" in item else shipments).append((row, item))
        await self._scans(scans)
        await self._ship(shipments)

    def refuse(self, row: dict[str, Any], why: str) -> None:
        self.counts["refused"] += 1
        if len(self.refused) < MOST_REFUSED:
            self.refused.append((row, why))

    async def _scans(self, pairs: Sequence[Pair]) -> None:
        if not pairs:
            return
        answer = await self._post("/v1/scans", [item for _, item in pairs])
        if not answer.ok:
            self._failed(pairs, answer)
            return
        self.counts["scans"] += answer.body["accepted"]
        self.counts["duplicates"] += answer.body["duplicates"]
        for one in answer.body["rejected"]:
            self.refuse(pairs[one["index"]][0], one["error"])

    async def _ship(self, pairs: Sequence[Pair]) -> None:
        if not pairs:
            return
        wanted = [self._wanted(item) for _, item in pairs]
        answer = await self._post("/v1/shipments", wanted)
        body = answer.body if isinstance(answer.body, dict) else {}
        refused = body.get("rejected" if answer.ok else "errors") or []
        known = [one for one in refused if 0 <= one.get("index", -1) < len(pairs)]
        if not answer.ok and len(known) < len(pairs):
            self._failed(pairs, answer)
            return
        self.counts["shipments"] += len(pairs) - len(known)
        for one in known:
            self.refuse(pairs[one["index"]][0], str(one["error"]))

    def _wanted(self, item: dict[str, Any]) -> dict[str, Any]:
        """A promise is dated by the file, so that it is the same one when it is sent again."""
        found = {name: value for name, value in item.items() if name not in ("text", "code")}
        if "promised_to" in found:
            found.setdefault("promised_at", self._promised_at)
        return found

    def _failed(self, pairs: Sequence[Pair], answer: Answer) -> None:
        self.counts["failed"] += len(pairs)
        for row, _ in pairs:
            self.refuse(row, answer.why)

    async def _post(self, path: str, body: Any) -> Answer:
        for _ in range(20):
            answer = await self._native(self._who, "POST", path, body=body)
            if answer.status not in (429, 503):
                break
            await asyncio.sleep(1)  # too much is waiting; so do we
        return answer


def written(refused: Sequence[Refused]) -> str:
    """A CSV of the refused rows as they were, with the reason in the last column. What a
    spreadsheet would take for a formula is marked as text.
    """
    if not refused:
        return ""
    names = list(dict.fromkeys(str(name) for row, _ in refused for name in row))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*map(_plain, names), "refused because"])
    for row, why in refused:
        writer.writerow([*(_plain(row.get(name)) for name in names), _plain(why)])
    return text.getvalue()


def _plain(value: Any) -> str:
    text = "" if value is None else str(value).replace("\x00", "")
    runs = text.lstrip()[:1] in ("=", "+", "-", "@", "\t", "\r") or text[:1] in ("\t", "\r", "\n")
    return f"'{text}" if runs and len(text) > 1 else text
