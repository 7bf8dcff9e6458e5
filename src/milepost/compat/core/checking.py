"""What is wrong with the dialect folders and the crosswalk of carriers, one sentence each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from milepost.compat.core.crosswalk import VENDORS, read_rows
from milepost.compat.core.discovery import Dialect, packages, read_manifest
from milepost.compat.core.statuses import StatusTable, load_statuses
from milepost.domain.status import STATUSES, main_of

FEWEST_CARRIERS = 150


def problems() -> list[str]:
    """Tables must be total in both directions and keep the main, unless `merged` says otherwise."""
    found = list(_crosswalk())
    for package in packages():
        where = package.rpartition(".")[2]
        try:
            found += [f"compat/{where}: {problem}" for problem in _dialect(package)]
        except Exception as error:
            found.append(f"compat/{where}: {error!r}")
    return found


def _dialect(package: str) -> Iterator[str]:
    manifest = read_manifest(package)
    dialect = Dialect(manifest, package)
    public_id, fields = dialect.make_credentials()
    if tuple(fields) != manifest.credentials or fields[manifest.credentials[0]] != public_id:
        yield "make_credentials() does not give the fields of manifest.toml"
    push = dialect.push()
    if push.SECRET is not None and push.SECRET not in manifest.credentials:
        yield f"push.SECRET '{push.SECRET}' is no credential"
    yield from table_problems(load_statuses(package))


def table_problems(table: StatusTable) -> Iterator[str]:
    """Is the table total, and does every main come back?"""
    for sub in STATUSES:
        if sub not in table.forward:
            yield f"forward: nothing for {sub}"
            continue
        code = table.code(sub)
        back = table.back.get(code)
        if back is None:
            yield f"back: nothing for {code}, which {sub} becomes"
        elif main_of(back) != table.merged.get(sub, main_of(sub)):
            yield f"{sub} becomes {code} and comes back as {back}"
        elif sub in table.merged and main_of(back) == main_of(sub):
            yield f"merged: {sub} comes back as {back} all the same"
    yield from (f"forward: {sub} is no status" for sub in table.forward if sub not in STATUSES)
    yield from (f"merged: {sub} is no status" for sub in table.merged if sub not in STATUSES)
    for code, sub in table.back.items():
        if sub not in STATUSES:
            yield f"back: {code} is {sub}, which is no status"


def _crosswalk() -> Iterator[str]:
    rows = read_rows()
    if len(rows) < FEWEST_CARRIERS:
        yield f"compat/carriers.toml: {len(rows)} carriers, fewer than {FEWEST_CARRIERS}"
    for field in ("slug", *VENDORS):
        codes = [str(code) for row in rows for code in row.codes(field)]
        for code, times in Counter(codes).items():
            if times > 1:
                yield f"compat/carriers.toml: {field} {code} stands {times} times"
