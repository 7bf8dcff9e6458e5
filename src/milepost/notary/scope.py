"""What an audit holds against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from milepost.engine.proving import JournalRow, LogKey, LogRow
from milepost.notary.chain import Folders
from milepost.notary.keys import PublicKey

# Rows of one Parquet file, or the words for why it cannot be read.
Sealed = tuple[str, Sequence[JournalRow] | str]


class Scope(NamedTuple):
    """What is to be held against each other. `kept_from_us`: what is older may be gone. `notes`:
    signed checkpoints that somebody kept outside, by the name of their file. `newest`: the note
    that each log's files name as its last, read before the tables.
    """

    logs: Sequence[LogRow]
    folders: Folders
    sealed: Iterable[Sealed]
    commits_before: int
    kept_from_us: int
    key: PublicKey | None
    origin: Callable[[LogKey], str]
    notes: Sequence[tuple[str, str]] = ()
    newest: Mapping[LogKey, str] = MappingProxyType({})
