"""Rows of sealed roads, file by file, in SQL: for the plain ones, which are nearly all.

A road is plain if it was delivered once and that came last, without customs, returns, retractions
or other numbers. The others are named, and folded one by one; both ways give the same rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib.resources import files as resources
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pyarrow as pa

from milepost.analytics.duck import files
from milepost.analytics.hops import MOVING
from milepost.analytics.journey import DAMAGED, EARLY, HANDED, REFUSED
from milepost.analytics.spots import NOWHERE, Spot, said, spot
from milepost.domain.place import Place, as_place
from milepost.domain.scan import Facts
from milepost.domain.status import BY_CODE

_AS = "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
_PARTS = ("country", "region", "city")
_to_place = msgspec.json.Decoder(Place).decode
FACTS = pa.schema(
    [
        ("road", pa.int64()),
        ("carrier", pa.string()),
        ("service", pa.string()),
        ("categories", pa.list_(pa.string())),
        ("goods", pa.string()),
        ("hs_code", pa.string()),
        ("packing", pa.string()),
        ("weight_g", pa.int64()),
        *((f"{end}_{part}", pa.string()) for end in ("origin", "destination") for part in _PARTS),
    ]
)
# Reads what is said of these roads as a whole, as a table of `FACTS`.
FactsOf = Callable[[Sequence[int]], pa.Table]


def _codes(wanted: Callable[[str], bool]) -> str:
    found = [str(code) for code, one in BY_CODE.items() if wanted(one.main)]
    return f"({', '.join(found)})"


@cache
def _sql() -> dict[str, str]:
    """The questions, with the codes of statuses in their places."""
    codes = {
        "folded": _codes(lambda main: main in ("customs", "returning", "returned")),
        "delivered": _codes(lambda main: main == "delivered"),
        "early": _codes(lambda main: main in EARLY),
        "out": _codes(lambda main: main == "out_for_delivery"),
        "available": _codes(lambda main: main == "available_for_pickup"),
        "failed": _codes(lambda main: main == "attempt_failed"),
        "handed": _codes(lambda main: main in HANDED),
        "moving": _codes(lambda main: main in MOVING),
        "refused": f"({', '.join(map(str, REFUSED))})",
        "damaged": f"({', '.join(map(str, DAMAGED))})",
        "troubles": f"({', '.join(str(code) for code, one in BY_CODE.items() if one.trouble)})",
        "origin": _ends("origin", "a"),
        "destination": _ends("destination", "b"),
    }
    text = (resources(__package__) / "sealed.sql").read_text("utf-8")
    parts = re.split(r"^-- (scan|told|journeys|hops)$", text, flags=re.MULTILINE)[1:]
    for name, value in codes.items():
        parts = [re.sub(rf"\${name}\b", lambda _, v=value: v, part) for part in parts]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def _ends(end: str, seen: str) -> str:
    """As it was stated; else where the road was seen."""
    stated = " OR ".join(f"f.{end}_{part} IS NOT NULL" for part in _PARTS)
    return ", ".join(
        f"CASE WHEN {stated} THEN f.{end}_{part} ELSE {seen}.{part} END AS {end}_{part}"
        for part in _PARTS
    )


def set_apart(duck: duckdb.DuckDBPyConnection, parts: Sequence[Path], linked: pa.Array) -> None:
    """Makes `apart`: the parcels that are in several files, and those whose box has more numbers.

    These, and the files' other roads that are not plain, have to be folded.
    """
    duck.register("linked", pa.table({"parcel": linked}))
    several = "SELECT 0::BIGINT AS parcel WHERE false"
    if len(parts) > 1:
        several = (
            f"SELECT parcel FROM (SELECT DISTINCT parcel, filename FROM {files(parts)}) "
            "GROUP BY parcel HAVING count(*) > 1"
        )
    duck.execute(f"CREATE OR REPLACE TABLE apart AS {several} UNION SELECT parcel FROM linked")
    duck.unregister("linked")


def write_rows(
    duck: duckdb.DuckDBPyConnection,
    part: Path,
    targets: dict[str, Path],
    serial: int,
    facts_of: FactsOf,
) -> tuple[int, list[int]]:
    """Writes the files of a delta with the plain roads of one file of sealed days.

    Gives how many they are, and the roads that are not plain. `set_apart` must have been called.
    """
    sql = _sql()
    duck.execute(sql["scan"].replace("$part", files([part])))
    _locate(duck)
    duck.execute(sql["told"])
    roads = [row[0] for row in duck.execute("SELECT road FROM told WHERE NOT odd").fetchall()]
    duck.register("facts", facts_of(roads))
    for kind, target in targets.items():
        rows = sql[kind].replace("$serial", f"{serial:d}")
        path = str(target).replace("'", "''")
        duck.execute(f"COPY ({rows}) TO '{path}' {_AS}")
    duck.unregister("facts")
    odd = [row[0] for row in duck.execute("SELECT road FROM told WHERE odd").fetchall()]
    return len(roads), odd


def _locate(duck: duckdb.DuckDBPyConnection) -> None:
    """Makes `spots`: what is known of every place that the events name."""
    names = duck.execute("SELECT DISTINCT spot FROM scan WHERE spot IS NOT NULL").fetchall()
    found = [{"spot": row[0], **_spot(row[0])._asdict()} for row in names]
    kinds = pa.schema([(name, pa.string()) for name in ("spot", *Spot._fields)])
    duck.register("located", pa.Table.from_pylist(found, kinds))
    duck.execute("CREATE OR REPLACE TABLE spots AS FROM located")
    duck.unregister("located")


def _spot(key: str) -> Spot:
    kind, text = key[0], key[1:]
    if kind == "j":
        return spot(_to_place(text))
    if kind == "p":
        place = as_place(text)
        return spot(place) if place else NOWHERE
    carrier, _, words = text.partition("\x1f")
    return said(words, carrier or None)


def facts_table(merged: Iterable[tuple[int, Facts]]) -> pa.Table:
    """What is said of roads as a whole, as SQL takes it."""
    rows: list[dict[str, Any]] = []
    for road, facts in merged:
        row: dict[str, Any] = {
            name: getattr(facts, name)
            for name in ("carrier", "service", "goods", "hs_code", "packing", "weight_g")
        }
        row |= {"road": road, "categories": sorted(facts.categories)}
        for end, place in (("origin", facts.origin), ("destination", facts.destination)):
            known = spot(place) if place else NOWHERE
            row |= {f"{end}_{part}": getattr(known, part) for part in _PARTS}
        rows.append(row)
    return pa.Table.from_pylist(rows, FACTS)
