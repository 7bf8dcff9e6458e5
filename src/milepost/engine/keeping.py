"""Room 1, behind the door: what came in is kept as it came, in the transaction of what is read from
it, so that it can be read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

import msgspec
import zstandard

from milepost.domain.event import key_of
from milepost.domain.scan import Facts, Scan, Unread
from milepost.engine.commit import Committer
from milepost.engine.rawids import RawIds
from milepost.engine.redact import redact_facts
from milepost.engine.resolve import BadScanError, checked_number
from milepost.engine.rows import FactRow, Group, Mention, Raw, Row, UnreadRow
from milepost.reading import mask

SAMPLE = 500


class Keeper:
    """Adds to the group that fills now. `redacts`: raw payloads are looked through for personal
    data of the numbers that they mention.
    """

    def __init__(
        self, committer: Committer, raw_ids: RawIds, now_us: Callable[[], int], *, redacts: bool
    ) -> None:
        self._committer = committer
        self._raw_ids = raw_ids
        self._now_us = now_us
        self._redacts = redacts
        self._compress = zstandard.ZstdCompressor(level=1).compress

    async def keep(
        self, tenant: int, source: str, content_type: str | None, body: bytes
    ) -> tuple[int, int]:
        """Keep raw bytes: their id, and when they were received."""
        raw = await self._raw_ids.take()
        received_us = self._now_us()
        kept = Raw(raw, tenant, source, content_type, received_us, self._compress(body))
        self._committer.filling.raws.append(kept)
        return raw, received_us

    def unread(
        self, tenant: int, raw: int, source: str, pieces: Iterable[Unread], received_us: int
    ) -> None:
        """Keep what could not be read, for a person to look at."""
        group = self._committer.filling
        group.unread += [_unread(tenant, raw, source, one, received_us) for one in pieces]

    def body_unread(
        self, tenant: int, raw: int, source: str, body: bytes, reason: str, received_us: int
    ) -> None:
        """The same of a body of which nothing at all could be read."""
        sample = body[: 4 * SAMPLE].decode("utf-8", "replace")
        piece = Unread(where="body", reason=reason, raw=sample)
        self.unread(tenant, raw, source, [piece], received_us)

    def facts(
        self, tenant: int, source: str, facts: Iterable[Facts], received_us: int, raw: int | None
    ) -> None:
        """Keep what was said of shipments as a whole."""
        group = self._committer.filling
        known = len(group.facts)
        group.facts += _facts(tenant, source, facts, received_us)
        if self._redacts:
            redact_facts(group, known)
            if raw is not None:
                fresh = group.facts[known:]
                group.mentions += [Mention(one.tenant, one.parcel, raw) for one in fresh]

    def refused(self, tenant: int, scan: Scan, raw: int) -> None:
        """A scan was refused: its number is mentioned in the raw payload all the same."""
        if self._redacts:
            with suppress(BadScanError):
                parcel = key_of(tenant, checked_number(scan.number))
                self._committer.filling.mentions.append(Mention(tenant, parcel, raw))


def mention_unwritten(group: Group, rows: Sequence[tuple[int, Row]], written: int) -> None:
    """What was not written (a duplicate, one too many) stands in the raw payload all the same."""
    taken = {id(row) for row in group.rows[written:]}
    group.mentions += [
        Mention(row.tenant, row.event.parcel, row.raw)
        for _, row in rows
        if row.raw is not None and id(row) not in taken
    ]


def _unread(tenant: int, raw: int, source: str, piece: Unread, received_us: int) -> UnreadRow:
    where, reason, sample = (
        mask(part[:SAMPLE].replace("\x00", "").encode("utf-8", "replace").decode())
        for part in (piece.where, piece.reason, piece.raw)
    )
    return UnreadRow(tenant, raw, source, where, reason, sample, received_us)


def _facts(tenant: int, source: str, facts: Iterable[Facts], observed_us: int) -> Iterable[FactRow]:
    for fact in facts:
        try:
            number = checked_number(fact.number)
            msgspec.msgpack.encode(fact)
        except (BadScanError, ValueError, OverflowError):
            continue  # the scans of the same payload report it
        yield FactRow(key_of(tenant, number), tenant, observed_us, source, fact)
