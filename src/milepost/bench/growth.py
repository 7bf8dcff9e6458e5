"""`milepost bench ingest --long`: whether the last events go in as fast as the first."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from msgspec import Struct

from milepost.bench.arm import BATCH
from milepost.bench.generator import Generator
from milepost.bench.machine import Machine, machine
from milepost.bench.output import steps
from milepost.bench.processes import rss_bytes
from milepost.bench.server import Server, room

_PIECES = 50
_PIECE_WITHIN_S = 300.0
# Five minutes for every million: who is slower has other worries than growth.
_WITHIN_S_PER_MILLION = 300.0


class GrowthFigures(Struct, frozen=True, kw_only=True):
    """Rates by fifths of the events. `growth_ratio` is the last against the first, in events a
    second; `cpu_growth_ratio` the same in events a CPU second.
    """

    events: int
    events_per_s: int
    first_fifth_events_per_s: int
    last_fifth_events_per_s: int
    growth_ratio: float
    cpu_growth_ratio: float
    events_per_s_by_fifth: list[int]
    server_rss_mib: int
    journal_bytes_per_event: float
    complete: bool
    machine: Machine


class _Piece(NamedTuple):
    events: int
    taken_s: float
    cpu_s: float


def growth_figures(
    events: int, shards: int, connections: int, folder: Path | None
) -> GrowthFigures:
    """Send `events` scans in one go. `complete` is false where time was up before."""
    with ExitStack() as stack:
        place = stack.enter_context(room(folder))
        progress = stack.enter_context(steps(_PIECES))
        options = ("--shards", str(shards)) if shards > 1 else ()
        server = Server(place / "long", *options)
        stack.callback(server.close)
        server.start()
        generator = stack.enter_context(Generator(server, size=BATCH))
        until = perf_counter() + _WITHIN_S_PER_MILLION * events / 1e6
        pieces: list[_Piece] = []
        while len(pieces) < _PIECES and perf_counter() < until:
            pieces.append(_piece(server, generator, events // _PIECES, connections))
            sent = sum(piece.events for piece in pieces)
            progress.done(f"{sent:,} events, {pieces[-1].events / pieces[-1].taken_s:,.0f}/s")
        return _figures(server, pieces)


def _piece(server: Server, generator: Generator, events: int, connections: int) -> _Piece:
    before = sum(server.cpu_s())
    got = generator.do("flood", seconds=_PIECE_WITHIN_S, connections=connections, most=events)
    return _Piece(got["accepted"], got["taken_s"], sum(server.cpu_s()) - before)


def _figures(server: Server, pieces: list[_Piece]) -> GrowthFigures:
    size = max(1, len(pieces) // 5)
    fifths = [_sum(pieces[start : start + size]) for start in range(0, size * 5, size)]
    rates = [fifth.events / fifth.taken_s for fifth in fifths if fifth.taken_s]
    first, last = fifths[0], _sum(pieces[-size:])
    whole = _sum(pieces)
    ((stored,),) = server.sql(
        "SELECT sum(pg_total_relation_size(inhrelid))::bigint FROM pg_inherits "
        "WHERE inhparent = 'journal'::regclass"
    )
    return GrowthFigures(
        events=whole.events,
        events_per_s=round(whole.events / whole.taken_s),
        first_fifth_events_per_s=round(rates[0]),
        last_fifth_events_per_s=round(last.events / last.taken_s),
        growth_ratio=round(last.events / last.taken_s / rates[0], 3),
        cpu_growth_ratio=round((last.events / last.cpu_s) / (first.events / first.cpu_s), 3),
        events_per_s_by_fifth=[round(rate) for rate in rates],
        server_rss_mib=rss_bytes(server.pid) // 2**20,
        journal_bytes_per_event=round(stored / whole.events, 1),
        complete=len(pieces) == _PIECES,
        machine=machine(server.postgresql()),
    )


def _sum(pieces: list[_Piece]) -> _Piece:
    return _Piece(*map(sum, zip(*pieces, strict=True)))
