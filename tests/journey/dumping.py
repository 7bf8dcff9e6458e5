"""All that a server has kept, and whether some words stand in it in any dress."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

from journey.running import Running

# Files of the master key and of PostgreSQL's own are random, or hold what the tables hold.
_BINARY = (bytes, bytearray, memoryview)


def kept(app: Running, folder: Path) -> bytes:
    """Every row of every table and every file of the data folder."""
    tables = app.sql(
        "SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n "
        "ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname = 'public'"
    )
    rows = [(name, row) for (name,) in tables for row in app.sql(f"SELECT * FROM {name}")]
    found = [
        name.encode() + b"." + column.encode() + b"=" + _bytes(value)
        for name, row in rows
        for column, value in row.items()
    ]
    found += [_bytes(str(one)) + one.read_bytes() for one in folder.rglob("*") if one.is_file()]
    return b"\n".join(found)


def leaks(dump: bytes, words: Iterable[str]) -> list[str]:
    """Where words stand in a dump: a stretch around the first place of each."""
    low = dump.lower()
    places = ((word, low.find(form.lower())) for word in words for form in dresses(word))
    return [f"{word}: {dump[max(at - 80, 0) : at + 80]!r}" for word, at in places if at >= 0]


def dresses(word: str) -> Iterator[bytes]:
    """A word as text, escaped, in hexadecimal, in base64 at any offset, and in UTF-16."""
    plain = word.encode()
    yield plain
    yield json.dumps(word)[1:-1].encode()
    yield quote(word).encode()
    for text in (plain, word.encode("utf-16-le"), word.encode("utf-16-be")):
        yield text
        yield text.hex().encode()
        for shift in range(3):
            code = base64.b64encode(b"\0" * shift + text)
            # What stands at either end depends on its neighbours, too.
            if len(inner := code[4 if shift else 0 : -4]) >= 6:
                yield inner


def _bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, _BINARY) else str(value).encode()
