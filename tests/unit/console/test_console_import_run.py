"""An imported file goes on behind refused rows, and where a dead process had got to."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from milepost.pages.console.import_run import Item, Sending, run, written
from milepost.pages.console.native import Answer, Who
from milepost.stores.postgres.console.imports import ImportJob, Imports
from milepost.stores.postgres.pool import Pool
from milepost.wiring.tabular import files, rows
from milepost.wiring.tabular.meanings import meanings

pytest_plugins = ["pg"]
BEGUN = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
JOB = ImportJob(1, 1, 1, "ada", "x.csv", None, "running", 0, {}, BEGUN)


class Refusing:
    """A native API that refuses every number that ends in 3, and numbers the calls in its hands."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.now = self.most = 0

    async def __call__(
        self, who: Who, method: str, path: str, *, query: Any = None, body: Any = None,
        raw: Any = None,
    ) -> Answer:  # fmt: skip
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        self.now -= 1
        bad = [index for index, one in enumerate(body) if one["number"].endswith("3")]
        self.taken += [one["number"] for one in body if not one["number"].endswith("3")]
        errors = [{"index": index, "error": "bad"} for index in bad]
        if len(bad) == len(body):
            return Answer(422, {"detail": "no", "errors": errors})
        return Answer(201, {"shipments": [], "rejected": errors})


async def test_import_goes_on_behind_refused_rows() -> None:
    native = Refusing()
    sending = Sending(native, JOB)
    rows: list[Item] = [({"no": f"N{n}"}, {"number": f"N{n}"}) for n in range(8)]

    await sending.send([*rows, ({"no": ""}, "no tracking number")])

    assert sorted(native.taken) == ["N0", "N1", "N2", "N4", "N5", "N6", "N7"]
    assert (sending.counts["shipments"], sending.counts["refused"]) == (7, 2)
    assert [why for _, why in sending.refused] == ["no tracking number", "bad"]
    assert native.most == 1


async def test_one_numbers_rows_stay_in_their_order() -> None:
    native = Refusing()
    rows: list[Item] = [({}, {"number": "N1", "order_number": str(n)}) for n in range(5)]

    await Sending(native, JOB).send(rows)

    assert native.most == 1


def test_refused_rows_run_nothing_in_a_spreadsheet() -> None:
    text = written([({"no": "=1+1"}, "bad")])

    assert text.splitlines() == ["no,refused because", "'=1+1,bad"]
    assert written([({"no": " @SUM(A1)"}, "bad")]).splitlines()[1] == "' @SUM(A1),bad"


class Tables:
    meanings: Sequence[str] = meanings()
    preview = staticmethod(rows.preview)
    rows_of = staticmethod(files.rows_of)
    read_items = staticmethod(rows.read_items)


class Dying(Refusing):
    """Ends in the middle of the third batch, which had been taken."""

    calls = 0

    async def __call__(self, who: Who, method: str, path: str, **more: Any) -> Answer:
        answer = await super().__call__(who, method, path, **more)
        self.calls += 1
        if self.calls == 3:
            raise ConnectionError
        return answer


class Twice(Refusing):
    """Ends at the first batch, which had been taken."""

    def __init__(self) -> None:
        super().__init__()
        self.bodies: list[Any] = []

    async def __call__(self, who: Who, method: str, path: str, **more: Any) -> Answer:
        self.bodies.append(more["body"])
        if len(self.bodies) == 1:
            raise ConnectionError
        return await super().__call__(who, method, path, **more)


async def test_a_dead_process_is_gone_on_from_where_it_was(store_url: str, tmp_path: Path) -> None:
    imports = await _imports(store_url)
    lines = [f"YT{n:08d},Lyon" for n in range(2_000)] + [",Lyon"]
    job = await _begun(imports, "\n".join(["number,destination", *lines]))
    first, second = Dying(), Refusing()

    with pytest.raises(ConnectionError):
        await run(imports, first, Tables(), job)
    half = await _found(imports, job)
    assert (half.rows, half.counts["total"], half.counts["refused"]) == (1_000, 2_001, 100)
    assert await imports.refused(job.tenant, job.id) == ""  # not before the end
    await run(imports, second, Tables(), half)

    done = await _found(imports, job)
    assert (done.state, done.rows) == ("done", 2_001)
    assert (done.counts["shipments"], done.counts["refused"]) == (1_800, 201)
    refused = (await imports.refused(job.tenant, job.id)).splitlines()
    assert len(refused) == 202
    assert refused[1].startswith("YT00000003,")
    assert refused[-1] == ",Lyon,no tracking number"
    again = set(first.taken) & set(second.taken)
    assert again == {f"YT{n:08d}" for n in range(1_000, 1_500) if n % 10 != 3}


async def test_a_promise_that_is_sent_again_is_the_same(store_url: str) -> None:
    imports = await _imports(store_url)
    job = await _begun(imports, "number,promised to\nYT00000001,2026-03-09\nYT00000002,\n")
    native = Twice()

    with pytest.raises(ConnectionError):
        await run(imports, native, Tables(), job)
    await run(imports, native, Tables(), await _found(imports, job))

    first, second = native.bodies
    assert first == second
    assert [one.get("promised_at") for one in first] == [job.created_at.isoformat(), None]


async def test_what_cannot_be_stored_of_a_refused_row_is_left_out(store_url: str) -> None:
    imports = await _imports(store_url)
    job = await _begun(imports, '[{"number": "", "note": "a\\u0000b\\u2028\\u0085c"}]', "x.json")

    await run(imports, Refusing(), Tables(), job)

    assert (await _found(imports, job)).state == "done"
    assert "ab\u2028\x85c" in await imports.refused(job.tenant, job.id)


async def _imports(url: str) -> Imports:
    async def ensure() -> str:
        return url

    pool = Pool(ensure)
    async with pool.connection() as connection:
        await connection.execute("INSERT INTO tenant (name) VALUES ('t')")
    return Imports(pool)


async def _begun(imports: Imports, text: str, name: str = "x.csv") -> ImportJob:
    made = await imports.add(1, 1, "ada", name, text.encode())
    assert await imports.begin(1, made, {})
    claimed = await imports.claim()
    assert claimed is not None
    return claimed


async def _found(imports: Imports, job: ImportJob) -> ImportJob:
    found = await imports.find(job.tenant, job.id)
    assert found is not None
    return found
